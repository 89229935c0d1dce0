// What it is worth that both pictures of an upload are put at one time, each as soon as its bytes exist, over one after
// the other: whole uploads, in both ways in turn, to the S3 that S3_TEST_ENDPOINT names. Prints a row of a Markdown
// table for each file, and the steps of the last parallel upload as a trace.
//
// usage: tintype_parallel_puts_bench ROUNDS FILE [FILE ...]
#include <cstdio>

#include "adapters/blob_s3/s3_blob_store.h"
#include "adapters/cache_none/no_cache.h"
#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "base/allocator.h"
#include "bench/image_on_disk.h"
#include "service/upload_image.h"
#include "tests/contract/aws_test_service.h"
#include "tests/support/down_queue.h"
#include "tests/support/fake_event_bus.h"
#include "tests/support/forwarding_blob_store.h"
#include "tests/support/record_maker.h"
#include "tests/support/temp_directory.h"
#include "tests/support/text_renderer.h"

namespace tintype {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kNoThreads = 0;  // of an executor: it takes nothing, so that the work is done in line

struct Step {
  std::string name;
  Steady::time_point begin;
  Steady::time_point end;
};

// The steps of one upload.
class Trace {
 public:
  template <typename Body>
  auto time(std::string name, const Body& body) {
    const auto begin = Steady::now();
    auto result = body();
    const std::lock_guard lock(mutex_);
    steps_.push_back({std::move(name), begin, Steady::now()});
    return result;
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    steps_.clear();
  }
  void print(Steady::time_point start) {
    const std::lock_guard lock(mutex_);
    std::ranges::sort(steps_, {}, &Step::begin);
    for (const Step& step : steps_) {
      std::printf("  %-18s %6.0f ms to %6.0f ms\n", step.name.c_str(), since(start, step.begin),
                  since(start, step.end));
    }
  }

 private:
  static double since(Steady::time_point start, Steady::time_point time) {
    return std::chrono::duration<double, std::milli>(time - start).count();
  }
  std::mutex mutex_;
  std::vector<Step> steps_;  // guarded by mutex_
};

class TracedEngine final : public ImageEngine {
 public:
  TracedEngine(ImageEngine& engine, Trace& trace) : engine_(engine), trace_(trace) {}
  Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) override {
    return trace_.time("read header", [&] { return engine_.probe(file, deadline); });
  }
  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline deadline) override {
    return trace_.time("render both", [&] { return engine_.render_all(file, specs, deadline); });
  }

 private:
  ImageEngine& engine_;
  Trace& trace_;
};

class TracedBlobs final : public testing_support::ForwardingBlobStore {
 public:
  TracedBlobs(BlobStore& blobs, Trace& trace) : ForwardingBlobStore(blobs), trace_(trace) {}
  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override {
    const char* const name = key.find("/thumbnails/") != std::string_view::npos ? "put thumbnail" : "put main";
    return trace_.time(name, [&] { return store_.put(key, body, meta, deadline); });
  }

 private:
  Trace& trace_;
};

class Bench {
 public:
  Bench() : s3_(service_.client(), {.bucket = testing_support::new_test_name(), .addressing = s3::Addressing::Path}) {
    if (!s3_.create_bucket(soon())) std::abort();
  }

  void run(const char* path, int rounds) {
    const bench::ImageOnDisk file(path);
    std::vector<double> parallel;
    std::vector<double> sequential;
    for (int round = -1; round < rounds; ++round) {  // the first warms up
      const bool first = round % 2 == 0;
      const double one = upload(file, first);
      const double other = upload(file, !first);
      if (round < 0) continue;
      parallel.push_back(first ? one : other);
      sequential.push_back(first ? other : one);
    }
    std::ranges::sort(parallel);
    std::ranges::sort(sequential);
    const double one = parallel[parallel.size() / 2];
    const double other = sequential[sequential.size() / 2];
    std::printf("| %s | %.0f | %.0f | %.2f |\n", std::filesystem::path(path).filename().c_str(), one, other,
                one / other);
  }

  void print_trace(const char* path) {
    const bench::ImageOnDisk file(path);
    trace_.clear();
    const auto start = Steady::now();
    upload(file, true);
    trace_.print(start);
  }

 private:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

  // Milliseconds.
  double upload(const bench::ImageOnDisk& file, bool in_parallel) {
    UploadImage use_case(pictures_, in_parallel ? parallel_writer_ : sequential_writer_, claims_, image_cache_,
                         derivations_);
    const auto start = Steady::now();
    const auto uploaded = use_case.run(
        {.user = testing_support::user("ann"),
         .token =
             *IdempotencyToken::parse(ids_.next(static_cast<std::uint64_t>(clock_.now().time_since_epoch().count()))),
         .file = file.image().bytes,
         .filename = "photo.jpg",
         .text = {},
         .file_descriptor = file.descriptor()},
        soon());
    if (!uploaded) {
      std::fprintf(stderr, "%s\n", to_string(uploaded.error()).c_str());
      std::exit(1);
    }
    return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
  }

  const testing_support::TempDirectory directory_;
  const SystemClock clock_;
  const Logger log_{LogLevel::Warn, STDERR_FILENO};
  Trace trace_;
  testing_support::AwsTestService service_{"s3", "S3_TEST_ENDPOINT"};
  S3BlobStore s3_;
  TracedBlobs blobs_{s3_, trace_};
  std::unique_ptr<SqliteMetadataStore> metadata_ = SqliteMetadataStore::open(directory_.path() / "bench.db").value();
  VipsEngine vips_;
  TracedEngine engine_{vips_, trace_};
  Admission admission_{{.slots = 2, .memory_budget = std::uint64_t{1} << 30, .waiting = 8}};
  const PictureLimits limits_{.main = {.width = 2048, .height = 2048, .quality = 85, .placeholder = true},
                              .thumbnail = bench::thumbnail_spec()};
  PictureMaker pictures_{engine_, admission_, limits_};
  BoundedExecutor pool_{"blob-put", 8, 8};
  BoundedExecutor no_pool_{"blob-put", kNoThreads, 0};
  BlobWriter parallel_writer_{blobs_, pool_};
  BlobWriter sequential_writer_{blobs_, no_pool_};
  UlidGenerator ids_;
  NoCache no_cache_;
  testing_support::TextRenderer renderer_;
  ImageCache image_cache_{no_cache_, *metadata_, renderer_, {}};
  LeaseKeeper leases_{*metadata_, clock_, std::chrono::seconds(60), log_};
  UploadClaims claims_{*metadata_, leases_, clock_, ids_, std::chrono::hours(24), log_};
  testing_support::DownQueue no_queue_;
  testing_support::FakeEventBus no_bus_;
  ThumbnailMode mode_{{.setting = ThumbnailMode::Setting::Inline}};
  DerivationScheduler derivations_{mode_, no_queue_, no_bus_, std::chrono::seconds(60), log_};
};

}  // namespace
}  // namespace tintype

int main(int argc, char** argv) {
  tintype::testing_support::require_endpoint("S3_TEST_ENDPOINT");
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 0;
  if (argc < 3 || rounds < 1) {
    std::fputs("usage: tintype_parallel_puts_bench ROUNDS FILE [FILE ...]\n", stderr);
    return 1;
  }
  tintype::tune_allocator();
  tintype::hide_vips_modules();
  tintype::Bench bench;
  std::printf("| file | parallel ms, median | sequential ms | ratio |\n|---|---|---|---|\n");
  for (int i = 2; i < argc; ++i) bench.run(argv[i], rounds);
  std::printf("\nOne parallel upload of the last file:\n\n");
  bench.print_trace(argv[argc - 1]);
}
