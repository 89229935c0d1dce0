#include "adapters/metadata_dynamodb/item.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tintype::dynamodb {
namespace {

TEST(Item, ValuesAreReadAsTheyWereWritten) {
  Item item;
  item.emplace("text", text_value("Straße"));
  item.emplace("empty", text_value(""));
  item.emplace("number", number_value(std::int64_t{-9'007'199'254'740'993}));
  item.emplace("real", number_value(12.5));
  item.emplace("list", list_value(std::vector<std::string>{"a", "", "b"}));
  item.emplace("map", map_value(item));
  EXPECT_EQ(text_of(item, "text"), "Straße");
  EXPECT_EQ(text_of(item, "empty"), "");
  EXPECT_EQ(number_of(item, "number"), -9'007'199'254'740'993);
  EXPECT_EQ(real_of(item, "real"), 12.5);
  EXPECT_EQ(list_of(item, "list"), (std::vector<std::string>{"a", "", "b"}));
  ASSERT_NE(map_of(item, "map"), nullptr);
  EXPECT_EQ(text_of(*map_of(item, "map"), "text"), "Straße");
  EXPECT_EQ(boost::json::serialize(item.at("empty")), R"({"NULL":true})");
}

TEST(Item, AbsentAndOtherTypesAreNothing) {
  const Item item =
      boost::json::parse(R"({"a":{"N":"1x"},"b":{"S":7},"c":7,"d":{"L":[{"N":"1"}]},"e":{"M":[]}})").as_object();
  for (const char* name : {"a", "b", "c", "d", "e", "absent"}) {
    EXPECT_EQ(text_of(item, name), std::nullopt) << name;
    EXPECT_EQ(number_of(item, name), std::nullopt) << name;
    EXPECT_EQ(list_of(item, name), std::nullopt) << name;
    EXPECT_EQ(map_of(item, name), nullptr) << name;
  }
}

TEST(Item, TextThatIsNotThereTakesTheAttributeOut) {
  Item item;
  set_text(item, "title", "one");
  set_text(item, "title", "two");
  EXPECT_EQ(text_of(item, "title"), "two");
  set_text(item, "title", std::nullopt);
  EXPECT_TRUE(item.empty());
}

}  // namespace
}  // namespace tintype::dynamodb
