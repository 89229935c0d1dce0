// Files that are two things at once, bombs, and files cut off anywhere.
#include <gmock/gmock.h>

#include <chrono>

#include "base/text.h"
#include "tests/contract/image_engine_contract.h"
#include "tests/contract/image_engine_hostile_files.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using std::chrono::seconds;

constexpr std::size_t kMiB = 1U << 20;
constexpr std::size_t kBomb = 256 * kMiB;      // inflated
constexpr std::uint64_t kGrowth = 100 * kMiB;  // that one small picture may cost
constexpr auto kQuick = seconds(5);

// How much more memory, in this process and in workers, and time `work` takes at most.
template <typename Work>
void expect_cheap(const Work& work) {
  reset_peak_memory();
  const auto memory = peak_memory();
  const auto start = std::chrono::steady_clock::now();
  work();
  EXPECT_LT(std::chrono::steady_clock::now() - start, kQuick);
  if (!kSanitized) EXPECT_LT(peak_memory(), memory + kGrowth);
}

void expect_rendered_or_refused(ImageEngine& engine, const ImageBytes& file, const RenderSpec& spec) {
  const auto rendered = engine.render(file, spec, Deadline::after(seconds(60)));
  if (rendered) {
    EXPECT_GT(decode_webp(rendered->bytes).width, 0);
  } else {
    EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable) << to_string(rendered.error());
  }
}

TEST_P(ImageEngineContract, PolyglotIsRenderedWithoutItsOtherHalf) {
  for (const auto& [name, file] : polyglots()) {
    SCOPED_TRACE(name);
    ASSERT_NE(as_text(file).find(kSecret), std::string_view::npos);
    for (const auto& spec : {inside(100), as_is(), thumbnail()}) {
      const auto rendered = render(file, spec);
      EXPECT_THAT(riff_chunks(rendered.bytes), testing::ElementsAre("VP8 "));
      EXPECT_EQ(as_text(rendered.bytes).find(kSecret), std::string_view::npos);
    }
  }
}

TEST_P(ImageEngineContract, HtmlInFrontOfAnImageIsRefused) {
  for (const auto& image : {make_jpeg({}), make_png({}), make_webp({})}) {
    auto file = to_bytes("<html><script>alert(1)</script>");
    file.insert(file.end(), image.begin(), image.end());
    EXPECT_EQ(render_error(file, inside(100)), ErrorCode::InvalidFileType);
  }
}

TEST_P(ImageEngineContract, TextThatInflatesTo256MiBIsCheap) {
  const auto keyword = std::string("Comment\0\0", 9);
  const auto file = png_with_chunk("zTXt", keyword + deflated_zeros({}, kBomb));
  expect_cheap([&] { expect_rendered_or_refused(*engine_, file, inside(100)); });
}

TEST_P(ImageEngineContract, InternationalTextThatInflatesTo256MiBIsCheap) {
  const auto keyword = std::string("Comment\0\1\0\0\0", 12);
  const auto file = png_with_chunk("iTXt", keyword + deflated_zeros({}, kBomb));
  expect_cheap([&] { expect_rendered_or_refused(*engine_, file, inside(100)); });
}

TEST_P(ImageEngineContract, ProfileThatInflatesTo256MiBIsCheap) {
  const auto name = std::string("profile\0\0", 9);
  const auto size = std::string("\x10\0\0\0", 4);  // as the profile's first field says it
  const auto head = size + padded_profile("p3", 1000).substr(size.size());
  const auto file = png_with_chunk("iCCP", name + deflated_zeros(head, kBomb));
  expect_cheap([&] { expect_rendered_or_refused(*engine_, file, inside(100)); });
}

TEST_P(ImageEngineContract, EmptyPngOf16MegapixelsIsCheap) {
  const auto file = empty_png(4000, 16);
  expect_cheap([&] { expect_rendered_or_refused(*engine_, file, inside(100)); });
}

TEST_P(ImageEngineContract, EmptyPngOf16MegapixelsIsRenderedClear) {
  const auto decoded = picture(empty_png(4000, 16), inside(100));
  ASSERT_EQ(decoded.width, 100);
  EXPECT_EQ(decoded.at(0.5, 0.5).alpha, 0);
}

TEST_P(ImageEngineContract, ProfileOfOneMegabyteInManySegmentsCounts) {
  const TestImage image{.pattern = Pattern::Flat, .flat = {180, 80, 60}};
  const auto small = picture(jpeg_with_profile(image, padded_profile("p3", 1000)), inside(50));
  const auto large = picture(jpeg_with_profile(image, padded_profile("p3", kMiB)), inside(50));
  ASSERT_EQ(large.width, 50);
  EXPECT_LE(distance(large.at(0.5, 0.5), small.at(0.5, 0.5)), 1);
  EXPECT_LE(distance(large.at(0.5, 0.5), {194, 72, 52}), 4);  // as DisplayP3IsConvertedToSrgb
}

TEST_P(ImageEngineContract, ProfileOfNonsenseInManySegmentsIsIgnored) {
  const TestImage image{.pattern = Pattern::Flat, .flat = {180, 80, 60}};
  const auto decoded = picture(jpeg_with_profile(image, std::string(kMiB, '?')), inside(50));
  ASSERT_EQ(decoded.width, 50);
  EXPECT_LE(distance(decoded.at(0.5, 0.5), image.flat), 4);
}

// Not even a picture that is gray from there on, which is what most viewers show.
void expect_cuts_undecodable(ImageEngine& engine, const ImageBytes& file) {
  constexpr std::size_t kStep = 64;
  for (std::size_t size = kStep; size < file.size(); size += kStep) {
    const auto part = std::span(file).first(size);
    for (const int edge : {0, 20}) {
      const auto rendered = engine.render(part, {.width = edge, .height = edge}, Deadline::after(seconds(60)));
      ASSERT_FALSE(rendered) << size << " of " << file.size() << " bytes";
      EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable) << size << " of " << file.size() << " bytes";
    }
  }
}

TEST_P(ImageEngineContract, JpegCutAnywhereIsUndecodable) {
  for (const bool progressive : {false, true}) {
    expect_cuts_undecodable(
        *engine_, make_jpeg({.width = 96, .height = 64, .pattern = Pattern::Noise, .progressive = progressive}));
  }
}

TEST_P(ImageEngineContract, PngCutAnywhereIsUndecodable) {
  for (const bool progressive : {false, true}) {
    expect_cuts_undecodable(
        *engine_, make_png({.width = 48, .height = 32, .pattern = Pattern::Noise, .progressive = progressive}));
  }
}

TEST_P(ImageEngineContract, WebpCutAnywhereIsUndecodable) {
  expect_cuts_undecodable(*engine_, make_webp({.width = 96, .height = 64, .pattern = Pattern::Noise}));
  expect_cuts_undecodable(
      *engine_,
      make_webp({.width = 96, .height = 64, .pattern = Pattern::Noise, .clear_right_half = true, .bands = 4}));
}

}  // namespace
}  // namespace tintype
