// Where the work is done must not show: the engine in this process and the one in workers answer alike, byte for byte.
#include <gtest/gtest.h>

#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "base/spool_file.h"
#include "tests/support/temp_directory.h"
#include "tests/support/test_images.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;

struct Sample {
  std::string name;
  ImageBytes file;
};

void add_jpegs(std::vector<Sample>& samples) {
  samples.push_back({"jpeg", make_jpeg({.pattern = Pattern::Noise})});
  samples.push_back({"jpeg, progressive", make_jpeg({.pattern = Pattern::Noise, .progressive = true})});
  samples.push_back({"jpeg, gray", make_jpeg({.bands = 1})});
  samples.push_back({"jpeg, p3", make_jpeg({.pattern = Pattern::Gradient, .profile = "p3"})});
  samples.push_back({"jpeg, cmyk", make_jpeg({.profile = "cmyk"})});
  samples.push_back({"jpeg, cmyk without profile", make_jpeg({.profile = "cmyk", .keep_profile = false})});
  samples.push_back({"jpeg, metadata", make_jpeg({.private_metadata = true})});
  samples.push_back({"jpeg, 1x1", make_jpeg({.width = 1, .height = 1})});
  samples.push_back({"jpeg, 3000x2", make_jpeg({.width = 3000, .height = 2})});
  samples.push_back({"jpeg, large", make_jpeg({.width = 1600, .height = 1200, .pattern = Pattern::Gradient})});
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string name = "orientation " + std::to_string(orientation);
    samples.push_back({"jpeg, " + name, make_jpeg({.orientation = orientation})});
    samples.push_back({"png, " + name, make_png({.orientation = orientation})});
    samples.push_back({"webp, " + name, make_webp({.orientation = orientation})});
  }
}

void add_pngs(std::vector<Sample>& samples) {
  for (const int bits : {8, 16}) {
    for (int bands = 1; bands <= 4; ++bands) {
      const TestImage image{.flat = {.alpha = 128}, .bands = bands, .bits = bits};
      samples.push_back({"png, " + std::to_string(bands) + " x " + std::to_string(bits), make_png(image)});
    }
  }
  for (const int bits : {1, 2, 4, 8}) {
    samples.push_back({"png, palette " + std::to_string(bits), make_png({.palette_bits = bits})});
  }
  samples.push_back({"png, interlaced", make_png({.pattern = Pattern::Noise, .progressive = true})});
  samples.push_back({"png, p3", make_png({.pattern = Pattern::Gradient, .profile = "p3"})});
  samples.push_back({"png, p3 of 16 bit", make_png({.pattern = Pattern::Gradient, .bits = 16, .profile = "p3"})});
  samples.push_back({"png, half clear", make_png({.clear_right_half = true, .bands = 4})});
  samples.push_back({"png, 1x1", make_png({.width = 1, .height = 1})});
  samples.push_back({"png, 3000x2", make_png({.width = 3000, .height = 2})});
}

void add_webps(std::vector<Sample>& samples) {
  samples.push_back({"webp", make_webp({.pattern = Pattern::Noise})});
  samples.push_back({"webp, alpha", make_webp({.clear_right_half = true, .bands = 4})});
  samples.push_back({"webp, p3", make_webp({.pattern = Pattern::Gradient, .profile = "p3"})});
  samples.push_back({"webp, animation", make_webp({.pages = 2})});
  samples.push_back({"webp, 1x1", make_webp({.width = 1, .height = 1})});
  samples.push_back({"webp, 3000x2", make_webp({.width = 3000, .height = 2})});
}

std::vector<Sample> sound() {
  std::vector<Sample> samples;
  add_jpegs(samples);
  add_pngs(samples);
  add_webps(samples);
  return samples;
}

std::vector<Sample> damaged() {
  const TestImage image{.pattern = Pattern::Noise};
  std::vector<Sample> samples = {{"nothing", {}},
                                 {"html", to_bytes("<html><script>")},
                                 {"jpeg signature", to_bytes("\xFF\xD8\xFF")},
                                 {"jpeg, bit rot", bit_rotten(make_jpeg(image), 50)},
                                 {"png, bit rot", bit_rotten(make_png(image), 50)}};
  for (const int percent : {1, 10, 50, 99}) {
    const std::string name = std::to_string(percent) + " %";
    samples.push_back({"jpeg, " + name, truncated(make_jpeg(image), percent)});
    samples.push_back({"png, " + name, truncated(make_png(image), percent)});
    samples.push_back({"webp, " + name, truncated(make_webp(image), percent)});
  }
  samples.push_back({"too wide for webp", make_png({.width = 16400, .height = 2, .bands = 1})});
  return samples;
}

std::vector<RenderSpec> specs() {
  return {{.width = 2048, .height = 2048, .quality = 85, .placeholder = true},
          {.width = 100, .height = 100, .effort = 4},
          {.fit = RenderSpec::Fit::Cover, .width = kThumbnailEdge, .height = kThumbnailEdge},
          {.quality = 90, .placeholder = true}};
}

bool operator==(const RenderedImage& a, const RenderedImage& b) {
  return std::tie(a.bytes, a.width, a.height, a.thumb_hash) == std::tie(b.bytes, b.width, b.height, b.thumb_hash);
}

auto fields(const ImageHeader& header) {
  return std::tuple(header.format, header.width, header.height, header.bands, header.bits_per_band, header.orientation,
                    header.pages, header.progressive);
}

void expect_equal(const Error& local, const Error& remote) {
  EXPECT_EQ(local.code, remote.code);
  EXPECT_EQ(local.public_message, remote.public_message);
  ASSERT_EQ(local.members.size(), remote.members.size());
  for (std::size_t i = 0; i < local.members.size(); ++i) {
    EXPECT_EQ(local.members[i].name, remote.members[i].name);
    EXPECT_EQ(local.members[i].value, remote.members[i].value);
  }
}

class ImageEngineDifferential : public testing::Test {
 protected:
  static VipsEngine make_local() {
    hide_vips_modules();
    return VipsEngine();
  }
  static Deadline patience() { return Deadline::after(std::chrono::seconds(60)); }

  void expect_equal_renders(const ImageBytes& file, const RenderSpec& spec) {
    const auto local = local_.render(file, spec, patience());
    const auto remote = workers_.engine().render(file, spec, patience());
    ASSERT_EQ(local.has_value(), remote.has_value()) << to_string((local ? remote : local).error());
    if (!local) return expect_equal(local.error(), remote.error());
    EXPECT_TRUE(*local == *remote);
  }

  void expect_equal_probes(const ImageBytes& file) {
    const auto local = local_.probe(file, patience());
    const auto remote = workers_.engine().probe(file, patience());
    ASSERT_EQ(local.has_value(), remote.has_value()) << to_string((local ? remote : local).error());
    if (!local) return expect_equal(local.error(), remote.error());
    EXPECT_EQ(fields(local->header), fields(remote->header));
  }

  void expect_same_from_file(const ImageBytes& file, const RenderSpec& spec) {
    auto spool = SpoolFile::create(directory_.path());
    ASSERT_TRUE(spool);
    ASSERT_TRUE(spool->append(file));
    const auto mapped = spool->map();
    const int descriptor = spool->read_only_descriptor();
    ASSERT_TRUE(mapped);
    ASSERT_GE(descriptor, 0);
    const auto from_file = workers_.engine().render(EncodedImage(*mapped, descriptor, {}), spec, patience());
    const auto from_memory = workers_.engine().render(file, spec, patience());
    ASSERT_TRUE(from_file) << to_string(from_file.error());
    ASSERT_TRUE(from_memory) << to_string(from_memory.error());
    EXPECT_TRUE(*from_file == *from_memory);
  }

  WorkerPoolFixture workers_;
  VipsEngine local_ = make_local();
  TempDirectory directory_;
};

TEST_F(ImageEngineDifferential, SoundFileThenHeadersAreEqual) {
  for (const auto& [name, file] : sound()) {
    SCOPED_TRACE(name);
    expect_equal_probes(file);
  }
}

TEST_F(ImageEngineDifferential, SoundFileThenPicturesAreEqual) {
  for (const auto& [name, file] : sound()) {
    SCOPED_TRACE(name);
    for (const auto& spec : specs()) expect_equal_renders(file, spec);
  }
}

TEST_F(ImageEngineDifferential, DamagedFileThenErrorsOfProbeAreEqual) {
  for (const auto& [name, file] : damaged()) {
    SCOPED_TRACE(name);
    expect_equal_probes(file);
  }
}

TEST_F(ImageEngineDifferential, DamagedFileThenErrorsOfRenderAreEqual) {
  for (const auto& [name, file] : damaged()) {
    SCOPED_TRACE(name);
    for (const auto& spec : specs()) expect_equal_renders(file, spec);
  }
}

TEST_F(ImageEngineDifferential, NoTimeLeftThenErrorsAreEqual) {
  const auto file = make_jpeg({});
  const auto late = Deadline::after(std::chrono::seconds(0));
  const auto local = local_.render(file, specs()[0], late);
  const auto remote = workers_.engine().render(file, specs()[0], late);
  ASSERT_FALSE(local);
  ASSERT_FALSE(remote);
  expect_equal(local.error(), remote.error());
}

TEST_F(ImageEngineDifferential, FileByDescriptorThenPictureIsThatFromMemory) {
  for (const auto& [name, file] : sound()) {
    SCOPED_TRACE(name);
    expect_same_from_file(file, specs()[0]);
  }
}

TEST_F(ImageEngineDifferential, AnyFileThenNoWorkerIsLost) {
  for (const auto& [name, file] : damaged()) {
    [[maybe_unused]] const auto rendered = workers_.engine().render(file, specs()[0], patience());
  }
  EXPECT_EQ(workers_.deaths(), 0);
}

}  // namespace
}  // namespace tintype
