#include "base/base64.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tintype {
namespace {

struct Vector {
  std::string_view plain, padded, url_safe;
};
// RFC 4648 section 10, and the two characters in which the alphabets differ.
constexpr Vector kVectors[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+", "-__-"},
};

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(base64_encode(as_bytes(vector.plain)), vector.padded);
    EXPECT_EQ(base64url_encode(as_bytes(vector.plain)), vector.url_safe);
  }
}

TEST(Base64, DecodesTheVectorsOfRfc4648) {
  for (const Vector& vector : kVectors) {
    const auto decoded = base64url_decode(vector.url_safe);
    ASSERT_TRUE(decoded) << vector.url_safe;
    EXPECT_EQ(as_text(*decoded), vector.plain);
  }
}

TEST(Base64, DecodesEveryByteItEncodes) {
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + size);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64, DecodingIsStrict) {
  for (const std::string_view text : {"Zg==", "Zm8=", "Z", "A", "AAAAA", "Zm9vY", "Zm9v\n", " Zm9v", "Zm 9v", "+//+",
                                      "Zh", "Zm9", "Zg%3D", "Zm9v\xC3\xA9"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
  EXPECT_FALSE(base64url_decode(std::string_view("Zm\0v", 4)));
}

}  // namespace
}  // namespace tintype
