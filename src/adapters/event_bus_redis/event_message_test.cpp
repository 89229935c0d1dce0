#include "adapters/event_bus_redis/event_message.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

const std::string kImage = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const std::string kGood = "0123456789abcdef " + kImage + " ann";

TEST(EventMessage, IsReadAsItWasWritten) {
  for (const char* user : {"ann", "a b", " leading and trailing ", "zo\xc3\xab", "0123456789abcdef"}) {
    const EventMessage message{"0123456789abcdef", *ImageId::parse(kImage), *UserId::parse(user)};
    EXPECT_EQ(parse_event_message(encode(message)), message) << user;
  }
}

TEST(EventMessage, AnythingElseIsNone) {
  ASSERT_TRUE(parse_event_message(kGood));
  EXPECT_FALSE(parse_event_message(""));
  EXPECT_FALSE(parse_event_message("*"));
  for (std::size_t length = 0; length < kGood.size() - 2; ++length)
    EXPECT_FALSE(parse_event_message(kGood.substr(0, length))) << length;
  EXPECT_FALSE(parse_event_message("0123456789ABCDEF " + kImage + " ann"));
  EXPECT_FALSE(parse_event_message("0123456789abcdef\t" + kImage + " ann"));
  EXPECT_FALSE(parse_event_message("0123456789abcdef " + kImage + "\tann"));
  EXPECT_FALSE(parse_event_message("0123456789abcdef 01arz3ndektsv4rrffq69g5fav ann"));
  EXPECT_FALSE(parse_event_message(kGood + '\n'));
  EXPECT_FALSE(parse_event_message(kGood + std::string(200, 'x')));
}

}  // namespace
}  // namespace tintype
