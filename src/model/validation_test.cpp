#include "model/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "model/limits.h"

namespace tintype {
namespace {

using namespace std::string_literals;

const std::string kEuro = "\xE2\x82\xAC";  // one character, three bytes

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

std::vector<std::string> distinct_tags(std::size_t count) {
  std::vector<std::string> tags;
  for (std::size_t i = 0; i < count; ++i) tags.push_back("tag" + std::to_string(i));
  return tags;
}

struct Case {
  std::string what;
  ImageText text;
};

TEST(Validation, AcceptsTextWithinTheLimits) {
  const Case cases[] = {
      {"nothing", {}},
      {"empty texts", {.album_id = {}, .title = "", .description = "", .alt_text = "", .tags = {}}},
      {"longest album", {.album_id = std::string(kMaxAlbumId, 'a')}},
      {"longest title in characters, not bytes", {.title = repeat(kEuro, kMaxTitle)}},
      {"longest description", {.description = repeat(kEuro, kMaxDescription)}},
      {"longest alt text", {.alt_text = repeat(kEuro, kMaxAltText)}},
      {"longest and most tags", {.tags = distinct_tags(kMaxTags)}},
      {"longest tag", {.tags = {repeat(kEuro, kMaxTag)}}},
      {"lines in a description", {.description = "a\n\tb\r\nc"}},
      {"tags that differ in case", {.tags = {"a", "A"}}},
  };
  for (const Case& row : cases) EXPECT_TRUE(validate(row.text)) << row.what;
}

struct BadCase {
  std::string what, field;
  ImageText text;
};

std::vector<BadCase> bad_cases() {
  return {
      {"empty album", "albumId", {.album_id = ""}},
      {"album too long in bytes", "albumId", {.album_id = repeat(kEuro, kMaxAlbumId / 3 + 1)}},
      {"album with a control character", "albumId", {.album_id = "a\nb"}},
      {"album that is not UTF-8", "albumId", {.album_id = "\xFF"}},
      {"title too long", "title", {.title = std::string(kMaxTitle + 1, 'a')}},
      {"title with a new line", "title", {.title = "a\nb"}},
      {"title with NUL", "title", {.title = "a\0b"s}},
      {"title cut in a character", "title", {.title = kEuro.substr(0, 2)}},
      {"description too long", "description", {.description = std::string(kMaxDescription + 1, 'a')}},
      {"description with an escape", "description", {.description = "\x1b[31m"}},
      {"alt text too long", "altText", {.alt_text = std::string(kMaxAltText + 1, 'a')}},
      {"alt text with a tab", "altText", {.alt_text = "a\tb"}},
      {"too many tags", "tags", {.tags = distinct_tags(kMaxTags + 1)}},
      {"an empty tag", "tags", {.tags = {"a", ""}}},
      {"a tag twice", "tags", {.tags = {"a", "b", "a"}}},
      {"a tag too long", "tags", {.tags = {std::string(kMaxTag + 1, 'a')}}},
      {"a tag with a control character", "tags", {.tags = {"a", "\x7F"}}},
      {"a tag that is not UTF-8", "tags", {.tags = {"\xC3"}}},
  };
}

TEST(Validation, NamesTheFieldThatIsWrong) {
  for (const BadCase& row : bad_cases()) {
    const auto checked = validate(row.text);
    ASSERT_FALSE(checked) << row.what;
    const Error& error = checked.error();
    EXPECT_EQ(error.code, ErrorCode::ValidationFailed) << row.what;
    EXPECT_THAT(error.public_message, testing::StartsWith(row.field + " ")) << row.what;
    ASSERT_EQ(error.members.size(), 1u) << row.what;
    EXPECT_EQ(error.members[0].name, "field");
    EXPECT_EQ(std::get<std::string>(error.members[0].value), row.field) << row.what;
  }
}

TEST(Validation, MessageNeverRepeatsTheText) {  // it may be anything, and goes back to a client
  for (const BadCase& row : bad_cases()) EXPECT_TRUE(is_utf8(validate(row.text).error().public_message)) << row.what;
}

TEST(CleanFilename, KeepsTheLastComponentWithoutControlCharacters) {
  struct Names {
    std::string claimed, clean;
  };
  const Names cases[] = {
      {"cat.jpg", "cat.jpg"},
      {"C:\\Users\\ann\\cat.jpg", "cat.jpg"},
      {"/home/ann/cat.jpg", "cat.jpg"},
      {"../../etc/passwd", "passwd"},
      {"a/b\\c.png", "c.png"},
      {"caf\xC3\xA9 \xF0\x9F\x90\x88.webp", "caf\xC3\xA9 \xF0\x9F\x90\x88.webp"},
      {"a\r\nSet-Cookie: b.jpg", "aSet-Cookie: b.jpg"},
      {"a\0.jpg"s, "a.jpg"},
      {"", "upload"},
      {"photos/", "upload"},
      {"\n\x7F", "upload"},
      {"\xFF.jpg", "upload"},
  };
  for (const Names& row : cases) EXPECT_EQ(clean_filename(row.claimed), row.clean) << row.claimed;
}

TEST(CleanFilename, CutsBetweenCharacters) {
  EXPECT_EQ(clean_filename(repeat(kEuro, kMaxFilename)), repeat(kEuro, kMaxFilename));
  EXPECT_EQ(clean_filename(repeat(kEuro, kMaxFilename + 1)), repeat(kEuro, kMaxFilename));
  EXPECT_EQ(clean_filename("dir/" + std::string(10'000, 'a')), std::string(kMaxFilename, 'a'));
}

TEST(CleanFilename, ControlCharactersDoNotCountAsLength) {
  EXPECT_EQ(clean_filename(std::string(kMaxFilename, '\n') + "a.jpg"), "a.jpg");
}

}  // namespace
}  // namespace tintype
