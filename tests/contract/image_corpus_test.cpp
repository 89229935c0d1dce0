// Real and hostile files that are not in this repository: set TINTYPE_CORPUS to a folder whose subfolders hold images.
// Whatever a file holds, the engine, in this process or in workers, answers in time with a right picture or with the
// documented error; and no sound file costs a worker.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "tests/support/webp_file.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using testing_support::ImageBytes;
using testing_support::WorkerPoolFixture;

constexpr long kMaxPixels = 64'000'000;

struct Tally {
  int files = 0;
  int rendered = 0;
  int refused = 0;  // before decoding: no image, a broken header, or too many pixels
  int undecodable = 0;
  double slowest = 0;
};

ImageBytes read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return testing_support::to_bytes(text);
}

enum class Where { Process, Workers };

class ImageCorpus : public testing::TestWithParam<std::tuple<Where, const char*>> {
 protected:
  void SetUp() override {
    const char* const root = std::getenv("TINTYPE_CORPUS");
    if (root == nullptr) GTEST_SKIP() << "TINTYPE_CORPUS is not set";
    folder_ = std::filesystem::path(root) / folder_name();
    if (!std::filesystem::is_directory(folder_)) GTEST_SKIP() << "no folder " << folder_;
    start_engine();
  }

  void start_engine() {
    if (std::get<Where>(GetParam()) == Where::Workers) {
      workers_.emplace();
      engine_ = &workers_->engine();
      return;
    }
    hide_vips_modules();
    engine_ = &local_.emplace();
  }

  static std::string folder_name() { return std::get<const char*>(GetParam()); }
  double deaths() { return workers_ ? workers_->deaths() : 0; }

  static bool is_sound_folder() {
    static const std::set<std::string> sound = {"photo", "orient", "profile", "cmyk", "gray", "png", "webp"};
    return sound.contains(folder_name());
  }

  static Deadline patience() { return Deadline::after(std::chrono::seconds(60)); }

  // Every file in a folder of sound images must be rendered.
  static bool must_render(const std::filesystem::path& path) {
    return is_sound_folder() && !path.filename().string().starts_with("x");  // PngSuite's broken ones
  }

  void check(const std::filesystem::path& path) {
    SCOPED_TRACE(path.string());
    ++tally_.files;
    const auto file = read_file(path);
    const auto probed = engine_->probe(file, patience());
    if (!probed) {
      ++tally_.refused;
      const auto code = probed.error().code;
      EXPECT_TRUE(code == ErrorCode::InvalidFileType || code == ErrorCode::ImageUndecodable);
      EXPECT_FALSE(must_render(path)) << to_string(probed.error());
    } else if (static_cast<long>(probed->header.width) * probed->header.height > kMaxPixels) {
      ++tally_.refused;
      EXPECT_FALSE(must_render(path));
    } else {
      check_renders(file, probed->header, must_render(path));
    }
  }

  void check_renders(const ImageBytes& file, const ImageHeader& header, bool must_render) {
    const RenderSpec main{.width = 2048, .height = 2048, .quality = 85, .placeholder = true};
    const RenderSpec thumbnail{.fit = RenderSpec::Fit::Cover, .width = kThumbnailEdge, .height = kThumbnailEdge};
    bool both = true;
    for (const auto& spec : {main, thumbnail}) both = check_render(file, header, spec, must_render) && both;
    ++(both ? tally_.rendered : tally_.undecodable);
  }

  bool check_render(const ImageBytes& file, const ImageHeader& header, const RenderSpec& spec, bool must_render) {
    const auto start = std::chrono::steady_clock::now();
    const auto rendered = engine_->render(file, spec, patience());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    tally_.slowest = std::max(tally_.slowest, seconds);
    if (!rendered) {
      EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable) << to_string(rendered.error());
      EXPECT_FALSE(must_render) << to_string(rendered.error());
      return false;
    }
    const auto decoded = testing_support::decode_webp(rendered->bytes);
    EXPECT_EQ((Size{decoded.width, decoded.height}),
              output_size(spec, {header.upright_width(), header.upright_height()}));
    for (const auto& chunk : testing_support::riff_chunks(rendered->bytes)) {
      EXPECT_TRUE(chunk == "VP8 " || chunk == "VP8X" || chunk == "ALPH") << chunk;
    }
    return true;
  }

  std::filesystem::path folder_;
  std::optional<WorkerPoolFixture> workers_;
  std::optional<VipsEngine> local_;
  ImageEngine* engine_ = nullptr;
  Tally tally_;
};

TEST_P(ImageCorpus, EveryFileIsRenderedOrRefused) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (entry.is_regular_file()) check(entry.path());
  }
  if (is_sound_folder()) EXPECT_EQ(deaths(), 0);
  std::printf("%-8s %4d files: %4d rendered, %3d undecodable, %3d refused; slowest render %5.2f s; %.0f workers lost\n",
              folder_name().c_str(), tally_.files, tally_.rendered, tally_.undecodable, tally_.refused, tally_.slowest,
              deaths());
}

std::string name_of(const testing::TestParamInfo<std::tuple<Where, const char*>>& test) {
  const auto& [where, folder] = test.param;
  return std::string(where == Where::Workers ? "worker_" : "vips_") + folder;
}
INSTANTIATE_TEST_SUITE_P(Folders, ImageCorpus,
                         testing::Combine(testing::Values(Where::Process, Where::Workers),
                                          testing::Values("photo", "orient", "profile", "cmyk", "gray", "png", "webp",
                                                          "anim", "corrupt", "bomb", "polyglot")),
                         name_of);

}  // namespace
}  // namespace tintype
