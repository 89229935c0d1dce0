#include "worker/job_loop.h"

#include <malloc.h>

#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/protocol/messages.h"
#include "adapters/engine_worker/protocol/sealed_memory.h"
#include "base/allocator.h"
#include "worker/lockdown.h"

namespace tintype::worker {
namespace {

using namespace worker_protocol;

constexpr int kBadJob = 4;                       // the exit code, for the service's log
constexpr auto kIdle = std::chrono::seconds(5);  // then free memory is given back to the system
constexpr int kKept = 64 << 20;                  // bytes of it that are kept until then, for the next picture
constexpr int kHuge = 16 << 20;                  // of its next bytes are in huge pages: what 24 megapixels take

microseconds since(Deadline::Clock::time_point start) {
  return std::chrono::duration_cast<microseconds>(Deadline::Clock::now() - start);
}

class JobLoop {
 public:
  JobLoop(int socket, const WorkerPlan& plan)
      : socket_(socket),
        engine_(plan.make_engine([this](std::string_view stage, double seconds) { took(stage, seconds); })) {}

  int run() {
    for (;;) {
      auto received = receive_datagram(socket_, idle_ ? Deadline::never() : Deadline::after(kIdle));
      if (!received.datagram && received.error == ReceiveError::TimedOut) {
        give_back_memory();
        idle_ = true;
        continue;
      }
      if (!received.datagram) return 0;
      idle_ = false;
      if (!answer(*received.datagram)) return kBadJob;
    }
  }

 private:
  void give_back_memory() {
    ::malloc_trim(0);
    use_huge_pages(kHuge);
  }

  bool answer(const Datagram& datagram) {
    const auto job = decode_job(datagram.bytes);
    if (!job) return false;
    const auto file = FileMapping::of(datagram.descriptor.get(), job->file_bytes);
    if (!file) return false;
    stages_.clear();
    UniqueFd pictures;
    JobReply reply = job->kind == Job::Kind::Probe ? probe(file->bytes(), *job) : render(file->bytes(), *job, pictures);
    reply.stages = std::move(stages_);
    return send_datagram(socket_, encode(reply), pictures.get());
  }

  JobReply probe(std::span<const std::byte> file, const Job& job) {
    auto probed = engine_->probe(file, Deadline::after(job.time));
    if (!probed) return {std::move(probed.error())};
    return {probed->header};
  }

  JobReply render(std::span<const std::byte> file, const Job& job, UniqueFd& pictures) {
    auto rendered = engine_->render_all(file, job.specs, Deadline::after(job.time));
    if (!rendered) return {std::move(rendered.error())};
    Pictures facts;
    std::vector<std::span<const std::byte>> files;
    for (RenderedImage& image : *rendered) {
      facts.push_back({image.bytes.size(), image.width, image.height, std::move(image.thumb_hash)});
      files.emplace_back(image.bytes);
    }
    pictures = sealed_copy(files, "pictures");
    if (!pictures) return {Error{ErrorCode::Internal, "there is no memory for the picture"}};
    return {std::move(facts)};
  }

  void took(std::string_view stage, double seconds) {
    if (const auto known = stage_named(stage)) {
      stages_.push_back({*known, std::chrono::duration_cast<microseconds>(std::chrono::duration<double>(seconds))});
    }
  }

  const int socket_;
  bool idle_ = false;
  std::vector<StageTime> stages_;
  const std::unique_ptr<ImageEngine> engine_;
};

}  // namespace

int run_worker(int socket, Deadline::Clock::time_point forked, const WorkerPlan& plan) {
  drop_descriptors(socket);
  keep_free_memory(kKept);
  use_huge_pages(kHuge);
  JobLoop jobs(socket, plan);
  WorkerReady ready{.load = since(forked)};
  const auto locking = Deadline::Clock::now();
  ready.sandboxed = lock_in(plan.memory_limit);
  ready.warm_up = since(locking);
  if (!send_datagram(socket, encode(ready))) return 0;
  return jobs.run();
}

}  // namespace tintype::worker
