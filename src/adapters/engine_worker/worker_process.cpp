#include "adapters/engine_worker/worker_process.h"

#include <fcntl.h>

#include <cstdlib>
#include <string>

#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/protocol/sealed_memory.h"
#include "model/image_format.h"

namespace tintype {
namespace {

using namespace worker_protocol;

std::uint32_t little_endian(std::span<const std::byte, 4> bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

// RFC 9649 section 2.4: the size in the header counts all but the first 8 bytes. What a worker sends is passed on as
// image/webp, so that much of it must be true.
bool is_webp(std::span<const std::byte> bytes) {
  return detect_format(bytes) == ImageFormat::Webp && little_endian(bytes.subspan<4, 4>()) == bytes.size() - 8;
}

// No encoder makes more of so many pixels; a worker that was taken over could send gigabytes of nothing.
std::uint64_t most_bytes(const RenderSpec& spec) {
  constexpr std::uint64_t kFixed = 1 << 20;
  constexpr std::uint64_t kPerPixel = 4;
  const bool any_size = spec.width == 0 || spec.height == 0;
  const std::uint64_t width = any_size ? kMaxWebpEdge : spec.width;
  const std::uint64_t height = any_size ? kMaxWebpEdge : spec.height;
  return kFixed + kPerPixel * width * height;
}

// The files that lie one after the other behind `descriptor`; nullopt if they are not what was asked for.
std::optional<std::vector<std::vector<std::byte>>> read_pictures(int descriptor, const Pictures& facts,
                                                                 std::span<const RenderSpec> specs) {
  if (facts.size() != specs.size()) return std::nullopt;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].bytes > most_bytes(specs[i])) return std::nullopt;
    total += facts[i].bytes;
  }
  const auto bytes = read_sealed(descriptor, total);
  if (!bytes) return std::nullopt;
  std::vector<std::vector<std::byte>> files;
  for (auto rest = std::span(*bytes); const Picture& picture : facts) {
    const auto file = rest.first(picture.bytes);
    if (!is_webp(file)) return std::nullopt;
    files.emplace_back(file.begin(), file.end());
    rest = rest.subspan(picture.bytes);
  }
  return files;
}

}  // namespace

WorkerProcess::WorkerProcess(ForkedWorker forked, std::chrono::microseconds spawn)
    : process_(std::move(forked.process)), socket_(std::move(forked.socket)), start_{.spawn = spawn} {}

bool WorkerProcess::receive_ready() {
  const auto received = receive_datagram(socket_.get(), Deadline::after(std::chrono::seconds(0)));
  if (!received.datagram) return false;
  const auto ready = decode_worker_ready(received.datagram->bytes);
  if (!ready) return false;
  start_.load = ready->load;
  start_.warm_up = ready->warm_up;
  sandboxed_ = ready->sandboxed;
  return true;
}

JobOutcome WorkerProcess::run(const Job& job, int descriptor, Deadline deadline) {
  ++jobs_;
  if (!send_datagram(socket_.get(), encode(job), descriptor)) return lost(JobOutcome::Loss::Died);
  auto received = receive_datagram(socket_.get(), deadline);
  if (!received.datagram) {
    return lost(received.error == ReceiveError::TimedOut ? JobOutcome::Loss::Deadline : JobOutcome::Loss::Died);
  }
  auto reply = decode_job_reply(received.datagram->bytes);
  if (!reply) return lost(JobOutcome::Loss::Nonsense);
  const bool is_answer = std::holds_alternative<Error>(reply->outcome) ||
                         std::holds_alternative<Pictures>(reply->outcome) == (job.kind == Job::Kind::Render);
  if (!is_answer) return lost(JobOutcome::Loss::Nonsense);
  return accept(std::move(*reply), received.datagram->descriptor.get(), job.specs);
}

JobOutcome WorkerProcess::accept(JobReply reply, int pictures, std::span<const RenderSpec> specs) {
  JobOutcome outcome;
  if (const auto* const facts = std::get_if<Pictures>(&reply.outcome)) {
    auto files = read_pictures(pictures, *facts, specs);
    if (!files) return lost(JobOutcome::Loss::Nonsense);
    outcome.pictures = std::move(*files);
  }
  outcome.reply = std::move(reply);
  return outcome;
}

JobOutcome WorkerProcess::lost(JobOutcome::Loss loss) {
  // One that closed its socket and lives on must not pass for one that was killed from outside.
  if (loss == JobOutcome::Loss::Died && !process_.ends_soon()) loss = JobOutcome::Loss::Nonsense;
  JobOutcome outcome;
  outcome.loss = loss;
  outcome.end = process_.kill();  // changes nothing about one that has ended
  return outcome;
}

std::uint64_t WorkerProcess::resident_bytes() const {
  const UniqueFd file(::open(("/proc/" + std::to_string(pid()) + "/statm").c_str(), O_RDONLY | O_CLOEXEC));
  char text[128] = {};
  if (!file || ::read(file.get(), text, sizeof text - 1) <= 0) return 0;
  char* second = nullptr;
  std::strtoull(text, &second, 10);  // size; then the resident pages (proc(5))
  return std::strtoull(second, nullptr, 10) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace tintype
