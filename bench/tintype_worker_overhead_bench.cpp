// What a worker process costs over the engine in the same process: the image work of one upload (header, main picture,
// thumbnail), done by both in turn, so that neighbours on the machine disturb both alike. Prints a JSON object.
//
// usage: tintype_worker_overhead_bench FILE [rounds]
#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "adapters/engine_worker/worker_engine.h"
#include "base/allocator.h"
#include "bench/image_on_disk.h"

namespace {

using namespace tintype;
using Clock = std::chrono::steady_clock;

class SteadyClock final : public tintype::Clock {
 public:
  UnixTime now() const override { return {}; }
};

// Never asked: the files have no hash.
class NoQuarantine final : public QuarantineStore {
 public:
  Result<QuarantineEntry> add_strike(std::string_view, std::string_view, UnixTime, UnixTime, Deadline) override {
    return QuarantineEntry{};
  }
  Result<std::optional<QuarantineEntry>> find(std::string_view, UnixTime, Deadline) override { return std::nullopt; }
  Result<std::vector<QuarantineEntry>> list(UnixTime, int, Deadline) override { return std::vector<QuarantineEntry>(); }
  Result<bool> forget(std::string_view, Deadline) override { return false; }
};

double upload_ms(ImageEngine& engine, const EncodedImage& file) {
  const RenderSpec main{.width = 2048, .height = 2048, .quality = 85, .placeholder = true};
  const auto never = Deadline::after(std::chrono::hours(1));
  const auto begin = Clock::now();
  const bool done = engine.probe(file, never) && engine.render(file, main, never) &&
                    engine.render(file, bench::thumbnail_spec(), never);
  if (!done) {
    std::fputs("the file is not rendered\n", stderr);
    std::exit(1);
  }
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: tintype_worker_overhead_bench FILE [rounds]\n", stderr);
    return 1;
  }
  tune_allocator();
  hide_vips_modules();
  const bench::ImageOnDisk file(argv[1]);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 40;
  MetricsRegistry metrics;
  const Logger log(LogLevel::Warn, 2);
  WorkerPool pool({.supervisor = {.program = program_beside_this("tintype-worker"), .memory_limit = 1ULL << 30}},
                  metrics, log);
  const auto warm = pool.wait_until_warm(Deadline::after(std::chrono::seconds(10)));
  if (!warm || !*warm) return 1;
  NoQuarantine quarantine;
  const SteadyClock clock;
  WorkerEngine in_worker(pool, quarantine, clock, {}, metrics, log);
  VipsEngine in_process;

  std::vector<double> worker, process, difference;
  for (int i = -2; i < rounds; ++i) {
    const double first = upload_ms(i % 2 == 0 ? static_cast<ImageEngine&>(in_worker) : in_process, file.image());
    const double second = upload_ms(i % 2 == 0 ? static_cast<ImageEngine&>(in_process) : in_worker, file.image());
    if (::isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\rround %d of %d ", std::max(i + 1, 0), rounds);
    if (i < 0) continue;  // warms up
    worker.push_back(i % 2 == 0 ? first : second);
    process.push_back(i % 2 == 0 ? second : first);
    difference.push_back(worker.back() - process.back());
  }
  if (::isatty(STDERR_FILENO) != 0) std::fputs("\n", stderr);
  std::printf(R"({"rounds":%d,"worker_ms":%.2f,"process_ms":%.2f,"worker_min_ms":%.2f,"process_min_ms":%.2f,)"
              R"("median_difference_ms":%.3f,"ratio_of_medians":%.4f,"ratio_of_minima":%.4f})"
              "\n",
              rounds, quantile(worker, 0.5), quantile(process, 0.5), quantile(worker, 0), quantile(process, 0),
              quantile(difference, 0.5), quantile(worker, 0.5) / quantile(process, 0.5),
              quantile(worker, 0) / quantile(process, 0));
}
