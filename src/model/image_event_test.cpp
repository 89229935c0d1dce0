#include "model/image_event.h"

#include <gtest/gtest.h>

#include "base/ulid.h"

namespace tintype {
namespace {

ImageRecord record(std::string_view id = "01J00000000000000000000000") {
  return {.image_id = ImageId::parse(id).value(), .user_id = UserId::parse("ann").value()};
}
UnixTime time(std::int64_t milliseconds) {
  return UnixTime(std::chrono::milliseconds(milliseconds));
}

TEST(ImageEvent, SameChangeGivesTheSameEvent) {
  EXPECT_EQ(event_of(record(), ImageEventType::Completed, time(5)),
            event_of(record(), ImageEventType::Completed, time(5)));
}

TEST(ImageEvent, OtherImageTypeVersionOrTimeGivesAnotherId) {
  const std::string id = event_of(record(), ImageEventType::Completed, time(5)).id;
  EXPECT_TRUE(is_ulid(id));
  EXPECT_NE(event_of(record("01J00000000000000000000001"), ImageEventType::Completed, time(5)).id, id);
  EXPECT_NE(event_of(record(), ImageEventType::Failed, time(5)).id, id);
  EXPECT_NE(event_of(record(), ImageEventType::Completed, time(6)).id, id);
  ImageRecord next = record();
  next.version = 2;
  EXPECT_NE(event_of(next, ImageEventType::Completed, time(5)).id, id);
}

TEST(ImageEvent, IdsSortByTimeAndThenByVersion) {
  ImageRecord next = record();
  next.version = 2;
  const std::string first = event_of(record(), ImageEventType::Deleted, time(5)).id;
  const std::string second = event_of(next, ImageEventType::Processing, time(5)).id;
  const std::string third = event_of(record(), ImageEventType::Processing, time(6)).id;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_LT(first_ulid_of(5), first);
  EXPECT_LT(second, first_ulid_of(6));
}

TEST(ImageEvent, NamesReadBack) {
  for (const auto type :
       {ImageEventType::Processing, ImageEventType::Completed, ImageEventType::Failed, ImageEventType::Deleted}) {
    EXPECT_EQ(parse_event_name(event_name(type)), type);
  }
  EXPECT_FALSE(parse_event_name("done"));
}

TEST(ImageEvent, OnlyAFailureHasItsError) {
  ImageRecord failed = record();
  failed.processing_error = "no";
  EXPECT_EQ(event_of(failed, ImageEventType::Failed, time(5)).error, "no");
  EXPECT_FALSE(event_of(failed, ImageEventType::Deleted, time(5)).error);
}

TEST(ImageEvent, ChangeIsLaterThanTheLastOneOnAnyClock) {
  ImageRecord changed = record();
  changed.updated_at = time(100);
  changed.uploaded_at = time(90);
  EXPECT_EQ(time_of_change(changed, time(50)), time(101));
  EXPECT_EQ(time_of_change(changed, time(500)), time(500));
}

}  // namespace
}  // namespace tintype
