#include "http/image_fields.h"

#include <gmock/gmock.h>

namespace tintype::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ImageFields, KnownFieldsAreTakenAndOthersIgnored) {
  const auto text =
      image_text_from_fields({{"albumId", "a"}, {"title", "t"}, {"description", "d"}, {"altText", "x"}, {"csrf", "z"}});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, (ImageText{.album_id = "a", .title = "t", .description = "d", .alt_text = "x"}));
}

TEST(ImageFields, EmptyValueIsAnAbsentOne) {
  const auto text = image_text_from_fields({{"title", ""}, {"tags", ""}});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, ImageText());
}

TEST(ImageFields, TagsComeInThreeSpellings) {
  EXPECT_THAT(image_text_from_fields({{"tags", "a"}, {"tags", "b"}})->tags, ElementsAre("a", "b"));
  EXPECT_THAT(image_text_from_fields({{"tags[]", "a"}, {"tags[]", "b"}})->tags, ElementsAre("a", "b"));
  EXPECT_THAT(image_text_from_fields({{"tags", R"(["a","b, c"])"}})->tags, ElementsAre("a", "b, c"));
  EXPECT_THAT(image_text_from_fields({{"tags", "[]"}})->tags, IsEmpty());
}

TEST(ImageFields, FieldGivenTwiceIsAnError) {
  EXPECT_FALSE(image_text_from_fields({{"title", "a"}, {"title", "b"}}));
}

TEST(ImageFields, TagsThatBeginLikeJsonMustBeAnArrayOfStrings) {
  for (const char* tags : {"[", "[1]", "[\"a\",null]", "[\"a\"] x", "[[[[[[[[[[[[\"a\"]]]]]]]]]]]]"}) {
    EXPECT_FALSE(image_text_from_fields({{"tags", tags}})) << tags;
  }
}

TEST(ImagePatch, AbsentNullAndValueDiffer) {
  const auto patch = image_patch_from_json(R"({"title":"t","description":null,"tags":["a"],"version":3})");
  ASSERT_TRUE(patch);
  EXPECT_EQ(patch->title, std::optional<std::optional<std::string>>("t"));
  EXPECT_EQ(patch->description, std::optional<std::optional<std::string>>(std::in_place, std::nullopt));
  EXPECT_FALSE(patch->alt_text);
  EXPECT_THAT(*patch->tags, ElementsAre("a"));
  EXPECT_EQ(patch->expected_version, 3);
}

TEST(ImagePatch, NullTagsClearThem) {
  EXPECT_THAT(*image_patch_from_json(R"({"tags":null})")->tags, IsEmpty());
}

TEST(ImagePatch, WhatIsNotAPatchIsRefused) {
  for (const char* body :
       {"", "null", "[]", "\"x\"", "{", R"({"titel":"x"})", R"({"title":1})", R"({"tags":"a"})", R"({"version":0})",
        R"({"version":-1})", R"({"version":1.5})", R"({"version":99999999999999999999})", R"({"imageId":"x"})"}) {
    EXPECT_FALSE(image_patch_from_json(body)) << body;
  }
}

}  // namespace
}  // namespace tintype::http
