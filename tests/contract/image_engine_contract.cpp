// Registration, headers, sizes and limits.
#include "tests/contract/image_engine_contract.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;

EngineFactory vips() {
  return {"vips", [] {
            hide_vips_modules();
            return std::make_unique<VipsEngine>();
          }};
}

// With a pool of its own, which takes about 60 ms to start.
class PooledEngine final : public ImageEngine {
 public:
  Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) override {
    return workers_.engine().probe(file, deadline);
  }
  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline deadline) override {
    return workers_.engine().render_all(file, specs, deadline);
  }

 private:
  WorkerPoolFixture workers_;
};

EngineFactory worker() {
  return {"worker", [] { return std::make_unique<PooledEngine>(); }};
}
INSTANTIATE_TEST_SUITE_P(Adapters, ImageEngineContract, testing::Values(vips(), worker()),
                         [](const auto& adapter) { return adapter.param.name; });

TEST_P(ImageEngineContract, ProbeReadsJpegHeader) {
  const auto probed = engine_->probe(make_jpeg({.width = 320, .height = 200, .progressive = true}), patience());
  ASSERT_TRUE(probed) << to_string(probed.error());
  const ImageHeader& header = probed->header;
  EXPECT_EQ(header.format, ImageFormat::Jpeg);
  EXPECT_EQ(header.width, 320);
  EXPECT_EQ(header.height, 200);
  EXPECT_EQ(header.bands, 3);
  EXPECT_EQ(header.bits_per_band, 8);
  EXPECT_EQ(header.orientation, 1);
  EXPECT_EQ(header.pages, 1);
  EXPECT_TRUE(header.progressive);
}

TEST_P(ImageEngineContract, ProbeGivesStoredEdgesAndOrientation) {
  const auto probed = engine_->probe(make_jpeg({.width = 320, .height = 200, .orientation = 6}), patience());
  ASSERT_TRUE(probed);
  const ImageHeader& header = probed->header;
  EXPECT_EQ(header.width, 200);
  EXPECT_EQ(header.height, 320);
  EXPECT_EQ(header.orientation, 6);
  EXPECT_FALSE(header.progressive);
  EXPECT_EQ(header.upright_width(), 320);
}

TEST_P(ImageEngineContract, ProbeReads16BitPngHeader) {
  const auto probed = engine_->probe(make_png({.bands = 4, .bits = 16, .progressive = true}), patience());
  ASSERT_TRUE(probed);
  const ImageHeader& header = probed->header;
  EXPECT_EQ(header.format, ImageFormat::Png);
  EXPECT_EQ(header.bands, 4);
  EXPECT_EQ(header.bits_per_band, 16);
  EXPECT_TRUE(header.progressive);
}

TEST_P(ImageEngineContract, ProbeCountsPalettePngAsDecoded) {
  const auto probed = engine_->probe(make_png({.palette_bits = 4}), patience());
  ASSERT_TRUE(probed);
  const ImageHeader& header = probed->header;
  EXPECT_EQ(header.bands, 3);
  EXPECT_EQ(header.bits_per_band, 8);
}

TEST_P(ImageEngineContract, ProbeCountsAnimationFrames) {
  const auto probed = engine_->probe(make_webp({.pages = 2}), patience());
  ASSERT_TRUE(probed);
  const ImageHeader& header = probed->header;
  EXPECT_EQ(header.format, ImageFormat::Webp);
  EXPECT_EQ(header.pages, 2);
  EXPECT_EQ(header.height, 120);
}

TEST_P(ImageEngineContract, InsideKeepsShapeWithinEdges) {
  const auto rendered = render(make_jpeg({.width = 1000, .height = 600}), inside(300));
  EXPECT_EQ(rendered.width, 300);
  EXPECT_EQ(rendered.height, 180);
  const auto decoded = decode_webp(rendered.bytes);
  EXPECT_EQ(decoded.width, 300);
  EXPECT_EQ(decoded.height, 180);
}

TEST_P(ImageEngineContract, InsideNeverEnlarges) {
  const auto decoded = picture(make_png({.width = 50, .height = 40}), inside(2048));
  EXPECT_EQ(decoded.width, 50);
  EXPECT_EQ(decoded.height, 40);
}

TEST_P(ImageEngineContract, ZeroEdgesKeepTheSize) {
  const auto decoded = picture(make_webp({.width = 501, .height = 33}), as_is());
  EXPECT_EQ(decoded.width, 501);
  EXPECT_EQ(decoded.height, 33);
}

TEST_P(ImageEngineContract, CoverIsExactForEveryShape) {
  using Shape = std::pair<int, int>;
  for (const auto [width, height] : {Shape{1, 1}, {3, 2}, {16383, 1}, {1, 2000}, {399, 401}, {1201, 1799}}) {
    for (const auto& file :
         {make_jpeg({.width = width, .height = height}), make_png({.width = width, .height = height}),
          make_webp({.width = width, .height = height})}) {
      const auto decoded = picture(file, thumbnail());
      EXPECT_EQ(decoded.width, 400) << width << " x " << height;
      EXPECT_EQ(decoded.height, 400) << width << " x " << height;
    }
  }
}

TEST_P(ImageEngineContract, CoverShowsTheCentre) {
  const auto decoded = picture(make_jpeg({.width = 3200, .height = 800, .pattern = Pattern::Gradient}), thumbnail());
  EXPECT_NEAR(decoded.at(0, 0.5).red, 255 * 0.375, 6);
  EXPECT_NEAR(decoded.at(1, 0.5).red, 255 * 0.625, 6);
  EXPECT_NEAR(decoded.at(0.5, 0).green, 0, 6);
  EXPECT_NEAR(decoded.at(0.5, 1).green, 255, 6);
}

TEST_P(ImageEngineContract, DecoderShrinkDoesNotShiftThePicture) {
  const TestImage image{.width = 1500, .height = 1500, .pattern = Pattern::Gradient};
  const auto jpeg = make_jpeg(image);
  const auto png = make_png(image);
  const auto webp = make_webp(image);
  for (const int edge : {100, 220, 450}) {  // shrinks by 8, 4, 2
    const auto decoded = picture(jpeg, inside(edge));
    EXPECT_LT(mean_distance(decoded, picture(png, inside(edge))), 2) << edge;
    EXPECT_LT(mean_distance(decoded, picture(webp, inside(edge))), 2.5) << edge;
  }
}

TEST_P(ImageEngineContract, LongestWebpEdgeIsMade) {
  EXPECT_EQ(picture(make_png({.width = kMaxWebpEdge, .height = 8, .bands = 1}), as_is()).width, kMaxWebpEdge);
}

TEST_P(ImageEngineContract, LongerThanWebpAllowsIsTooLargeAndSaysByHowMuch) {
  const auto rendered = engine_->render(make_png({.width = 8, .height = 16400, .bands = 1}), as_is(), patience());
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::ImageTooLarge);
  ASSERT_EQ(rendered.error().members.size(), 2U);
  EXPECT_EQ(rendered.error().members[0].name, "limit");
  EXPECT_EQ(std::get<std::int64_t>(rendered.error().members[0].value), kMaxWebpEdge);
  EXPECT_EQ(rendered.error().members[1].name, "actual");
  EXPECT_EQ(std::get<std::int64_t>(rendered.error().members[1].value), 16400);
}

TEST_P(ImageEngineContract, LongerThanWebpAllowsIsFineWhenMadeSmaller) {
  EXPECT_EQ(picture(make_png({.width = 16400, .height = 80, .bands = 1}), inside(2048)).width, 2048);
}

// Methods above 2 encode such a picture several times over (research: 16 s for 64 megapixels).
TEST_P(ImageEngineContract, EffortIsLimitedAbove16Megapixels) {
  const auto file = make_jpeg({.width = 4100, .height = 4000, .pattern = Pattern::Gradient});
  const auto render_with = [&](int effort) { return render(file, {.quality = 80, .effort = effort}).bytes; };
  EXPECT_EQ(render_with(4), render_with(2));
}

TEST_P(ImageEngineContract, EffortCountsBelow16Megapixels) {
  const auto file = make_jpeg({.width = 400, .height = 300, .pattern = Pattern::Gradient});
  const auto render_with = [&](int effort) { return render(file, {.quality = 80, .effort = effort}).bytes; };
  EXPECT_NE(render_with(4), render_with(2));
}

// Of one decode, so not the same bytes as alone; but the same picture.
TEST_P(ImageEngineContract, SeveralPicturesAreMadeAtOnce) {
  const RenderSpec main{.width = 300, .height = 300, .placeholder = true};
  const RenderSpec small{.fit = RenderSpec::Fit::Cover, .width = 40, .height = 30};
  for (const auto& file :
       {make_jpeg({.width = 640, .height = 480, .orientation = 6}), make_png({.width = 640}),
        make_png({.width = 640, .clear_right_half = true, .bands = 4}), make_jpeg({.width = 640, .profile = "cmyk"})}) {
    const auto pictures = engine_->render_all(file, std::array{main, small}, patience());
    ASSERT_TRUE(pictures) << to_string(pictures.error());
    ASSERT_EQ(pictures->size(), 2U);
    EXPECT_EQ((*pictures)[0].bytes, render(file, main).bytes);
    EXPECT_FALSE((*pictures)[0].thumb_hash.empty());
    EXPECT_TRUE((*pictures)[1].thumb_hash.empty());
    const auto thumbnail = decode_webp((*pictures)[1].bytes);
    EXPECT_EQ(thumbnail.width, 40);
    EXPECT_EQ(thumbnail.height, 30);
    EXPECT_LE(mean_distance(thumbnail, picture(file, small)), 3);
  }
}

TEST_P(ImageEngineContract, PictureThatTheFirstIsTooSmallForComesFromTheFile) {
  const auto panorama = make_jpeg({.width = 2000, .height = 100});
  const RenderSpec main{.width = 400, .height = 400};  // 400 x 20
  const RenderSpec thumbnail{.fit = RenderSpec::Fit::Cover, .width = 80, .height = 80};
  const auto pictures = engine_->render_all(panorama, std::array{main, thumbnail}, patience());
  ASSERT_TRUE(pictures) << to_string(pictures.error());
  EXPECT_EQ((*pictures)[1].bytes, render(panorama, thumbnail).bytes);
}

TEST_P(ImageEngineContract, PlaceholderIsMadeOnDemandOnly) {
  const auto file = make_jpeg({});
  EXPECT_TRUE(render(file, {.width = 100, .height = 100}).thumb_hash.empty());
  const auto hash = render(file, {.width = 100, .height = 100, .placeholder = true}).thumb_hash;
  EXPECT_THAT(hash.size(), testing::AllOf(testing::Ge(17U), testing::Le(25U)));
}

TEST_P(ImageEngineContract, ConcurrentRendersGiveEqualBytes) {
  const auto file = make_jpeg({.width = 1600, .height = 1200, .pattern = Pattern::Gradient, .profile = "p3"});
  const auto expected = render(file, inside(800)).bytes;
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::vector<std::vector<std::byte>> results(12);
  for (std::size_t first = 0; first < 4; ++first) {
    threads.emplace_back([&, first] {
      for (std::size_t i = first; i < results.size(); i += 4) results[i] = render(file, inside(800)).bytes;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(results, testing::Each(expected));
}

}  // namespace
}  // namespace tintype
