// Hostile and broken files, and time that runs out.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/contract/image_engine_contract.h"

namespace tintype {
namespace {

using namespace testing_support;
using std::chrono::milliseconds;

constexpr TestImage kDetailed{.width = 400, .height = 300, .pattern = Pattern::Noise};

TestImage progressive(TestImage image) {
  image.progressive = true;
  return image;
}

TEST_P(ImageEngineContract, OtherTypesAreRefused) {
  using namespace std::string_view_literals;
  for (const auto text :
       {"%PDF-1.7\n1 0 obj\n"sv, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"sv, "%!PS-Adobe-3.0\n"sv,
        "GIF89a\x01\0\x01\0\0\0\0;"sv, "<!DOCTYPE html><script>"sv, ""sv, "\xFF\xD8"sv, "abc"sv,
        "push graphic-context\n"sv, "P6 1 1 255 abc"sv, "RIFF\x04\0\0\0WAVE"sv, "<html>\xFF\xD8\xFF\xE0"sv,
        "\0\0\0\x1C"
        "ftypavif"sv}) {
    const auto probed = engine_->probe(to_bytes(text), patience());
    ASSERT_FALSE(probed) << text;
    EXPECT_EQ(probed.error().code, ErrorCode::InvalidFileType) << text;
    EXPECT_EQ(render_error(to_bytes(text), inside(100)), ErrorCode::InvalidFileType) << text;
  }
}

TEST_P(ImageEngineContract, SignatureAloneIsUndecodable) {
  using namespace std::string_view_literals;
  for (const auto text : {"\xFF\xD8\xFF"sv, "\x89PNG\r\n\x1A\n"sv, "RIFF\xFF\xFF\xFF\xFFWEBP"sv}) {
    const auto probed = engine_->probe(to_bytes(text), patience());
    ASSERT_FALSE(probed) << text;
    EXPECT_EQ(probed.error().code, ErrorCode::ImageUndecodable) << text;
    EXPECT_EQ(render_error(to_bytes(text), inside(100)), ErrorCode::ImageUndecodable) << text;
  }
}

TEST_P(ImageEngineContract, TruncatedFileIsUndecodable) {
  for (const auto& file : {make_jpeg(kDetailed), make_jpeg(progressive(kDetailed)), make_png(kDetailed),
                           make_png(progressive(kDetailed)), make_webp(kDetailed)}) {
    for (const int percent : {5, 30, 60, 95, 99}) {
      const auto part = truncated(file, percent);
      for (const auto& spec : {inside(100), as_is()}) {
        EXPECT_EQ(render_error(part, spec), ErrorCode::ImageUndecodable) << percent << " % of " << file.size();
      }
    }
  }
}

TEST_P(ImageEngineContract, BitRottenFileIsUndecodable) {
  for (const auto& file : {make_jpeg(kDetailed), make_png(kDetailed)}) {
    for (const int percent : {30, 60, 90}) {
      EXPECT_EQ(render_error(bit_rotten(file, percent), inside(100)), ErrorCode::ImageUndecodable) << percent;
    }
  }
}

TEST_P(ImageEngineContract, EngineWorksAfterABrokenFile) {
  EXPECT_EQ(render_error(truncated(make_jpeg(kDetailed), 50), inside(100)), ErrorCode::ImageUndecodable);
  EXPECT_EQ(picture(make_jpeg(kDetailed), inside(100)).width, 100);
}

TEST_P(ImageEngineContract, ErrorSaysNothingOfTheLibraryToTheClient) {
  const auto rendered = engine_->render(truncated(make_jpeg(kDetailed), 50), inside(100), patience());
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().public_message, "the file is damaged or not a complete image");
  EXPECT_FALSE(rendered.error().detail.empty());
}

TEST_P(ImageEngineContract, BrokenProfileIsIgnored) {
  auto file = make_png({.pattern = Pattern::Flat, .flat = {180, 80, 60}, .profile = "p3"});
  // The profile is deflated in a PNG; in a WebP it lies open.
  file = make_webp({.pattern = Pattern::Flat, .flat = {180, 80, 60}, .profile = "p3"});
  const auto text = std::string_view(reinterpret_cast<const char*>(file.data()), file.size());
  for (const char* tag : {"rXYZ", "gXYZ", "bXYZ", "rTRC"}) file.at(text.find(tag)) = std::byte{'?'};
  EXPECT_LE(distance(picture(file, inside(50)).at(0.5, 0.5), {180, 80, 60}), 4);
}

TEST_P(ImageEngineContract, DeadlineEndsALargeRenderSoon) {
  const auto file = make_jpeg({.width = 6000, .height = 6000, .pattern = Pattern::Gradient});
  for (const int wait : {0, 1, 20, 50}) {
    const auto start = std::chrono::steady_clock::now();
    const auto rendered = engine_->render(file, {.quality = 90, .effort = 6}, Deadline::after(milliseconds(wait)));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable);
    EXPECT_EQ(rendered.error().public_message, "the image took too long to process");
  }
}

TEST_P(ImageEngineContract, DeadlineEndsDecodingSoon) {
  const auto file = make_png({.width = 4000, .height = 4000, .pattern = Pattern::Gradient, .bands = 4});
  const auto timed = [&](Deadline deadline) {
    const auto start = std::chrono::steady_clock::now();
    const bool rendered = engine_->render(file, inside(100), deadline).has_value();
    EXPECT_EQ(rendered, deadline.is_never());
    return std::chrono::steady_clock::now() - start;
  };
  const auto unlimited = timed(Deadline::never());
  EXPECT_LT(timed(Deadline::after(unlimited / 20)), unlimited / 2);
}

TEST_P(ImageEngineContract, DeadlineEndsEncodingSoon) {
  const auto file = make_jpeg({.width = 3000, .height = 3000, .pattern = Pattern::Noise});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(render_error(file, {.quality = 100, .effort = 6}, Deadline::after(milliseconds(700))),
            ErrorCode::ImageUndecodable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1700));
}

}  // namespace
}  // namespace tintype
