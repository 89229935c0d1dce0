// How long from the wish for an image worker to its first thumbnail. Prints a JSON object a line:
//   {"spawn_ms":…,"load_ms":…,"warmup_ms":…,"fork_to_thumbnail_ms":…}
//
// usage: tintype_cold_start_bench FILE [starts]
#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/worker_process.h"
#include "bench/image_on_disk.h"

namespace {

using namespace tintype;
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

void measure(ZygoteProcess& zygote, const bench::ImageOnDisk& file) {
  const auto begin = Clock::now();
  auto forked = zygote.fork_worker(Deadline::after(std::chrono::seconds(10)));
  if (!forked) give_up("the zygote does not fork");
  WorkerProcess worker(std::move(*forked), std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin));
  const Deadline patience = Deadline::after(std::chrono::seconds(10));
  if (!worker_protocol::wait_readable(worker.socket(), patience) || !worker.receive_ready())
    give_up("the worker does not get warm");
  const worker_protocol::Job job{.kind = worker_protocol::Job::Kind::Render,
                                 .specs = {bench::thumbnail_spec()},
                                 .file_bytes = file.image().bytes.size(),
                                 .time = std::chrono::seconds(10)};
  const auto outcome = worker.run(job, file.descriptor(), Deadline::after(std::chrono::seconds(10)));
  const double total = milliseconds(Clock::now() - begin);
  if (outcome.pictures.empty()) give_up("there is no thumbnail");
  const WorkerStart& start = worker.start();
  std::printf(R"({"spawn_ms":%.3f,"load_ms":%.3f,"warmup_ms":%.3f,"fork_to_thumbnail_ms":%.3f})"
              "\n",
              milliseconds(start.spawn), milliseconds(start.load), milliseconds(start.warm_up), total);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: tintype_cold_start_bench FILE [starts]");
  const bench::ImageOnDisk file(argv[1]);
  auto zygote = ZygoteProcess::start(program_beside_this("tintype-worker"), 1ULL << 30);
  if (!zygote) give_up(zygote.error().public_message.c_str());
  const Deadline patience = Deadline::after(std::chrono::seconds(10));
  if (!worker_protocol::wait_readable((*zygote)->socket(), patience) || !(*zygote)->receive_ready())
    give_up("the zygote does not get ready");
  const int starts = argc > 2 ? std::atoi(argv[2]) : 1;
  for (int i = 0; i < starts; ++i) measure(**zygote, file);
}
