#include "model/image_format.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tintype {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view what, head;
  std::optional<ImageFormat> format;
};

constexpr Case kCases[] = {
    {"JFIF", "\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01"sv, ImageFormat::Jpeg},
    {"Exif",
     "\xFF\xD8\xFF\xE1\0\x18"
     "Exif\0\0"sv,
     ImageFormat::Jpeg},
    {"bare JPEG", "\xFF\xD8\xFF"sv, ImageFormat::Jpeg},
    {"JPEG cut short", "\xFF\xD8"sv, std::nullopt},
    {"JPEG 2000", "\0\0\0\x0CjP  \r\n\x87\n"sv, std::nullopt},
    {"PNG", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"sv, ImageFormat::Png},
    {"PNG with line ends converted", "\x89PNG\n\x1A\n\0\0\0\r"sv, std::nullopt},
    {"PNG cut short", "\x89PNG\r\n\x1A"sv, std::nullopt},
    {"WebP", "RIFF\x24\0\0\0WEBPVP8 "sv, ImageFormat::Webp},
    {"WebP with any size", "RIFF\xFF\xFF\xFF\xFFWEBP"sv, ImageFormat::Webp},
    {"WebP cut short", "RIFF\x24\0\0\0WEB"sv, std::nullopt},
    {"RIFF alone", "RIFF"sv, std::nullopt},
    {"WAV", "RIFF\x24\0\0\0WAVEfmt "sv, std::nullopt},
    {"big-endian RIFX", "RIFX\0\0\0\x24WEBP"sv, std::nullopt},
    {"GIF", "GIF89a\x01\0\x01\0\x80\0"sv, std::nullopt},
    {"AVIF",
     "\0\0\0\x1C"
     "ftypavif"sv,
     std::nullopt},
    {"SVG", "<svg xmlns=\"http"sv, std::nullopt},
    {"PDF", "%PDF-1.7\n%\xE2\xE3"sv, std::nullopt},
    {"TIFF", "II*\0\x08\0\0\0\0\0\0\0"sv, std::nullopt},
    {"HTML", "<!DOCTYPE html>"sv, std::nullopt},
    {"a signature that does not come first", " \xFF\xD8\xFF\xE0\0\x10JFIF\0"sv, std::nullopt},
    {"nothing", ""sv, std::nullopt},
};

TEST(ImageFormat, IsDetectedByContent) {
  for (const Case& row : kCases) EXPECT_EQ(detect_format(as_bytes(row.head)), row.format) << row.what;
}

TEST(ImageFormat, HasNames) {
  EXPECT_EQ(format_name(ImageFormat::Jpeg), "jpeg");
  EXPECT_EQ(format_name(ImageFormat::Png), "png");
  EXPECT_EQ(format_name(ImageFormat::Webp), "webp");
  EXPECT_EQ(mime_type(ImageFormat::Jpeg), "image/jpeg");
  EXPECT_EQ(mime_type(ImageFormat::Png), "image/png");
  EXPECT_EQ(mime_type(ImageFormat::Webp), "image/webp");
}

}  // namespace
}  // namespace tintype
