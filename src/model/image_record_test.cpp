#include "model/image_record.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

TEST(ProcessingStatus, NamesAreThoseOfTheApiAndReadBack) {
  struct Case {
    ProcessingStatus status;
    std::string_view name;
  };
  constexpr Case kCases[] = {{ProcessingStatus::Pending, "pending"},
                             {ProcessingStatus::Processing, "processing"},
                             {ProcessingStatus::Completed, "completed"},
                             {ProcessingStatus::Failed, "failed"}};
  for (const Case& row : kCases) {
    EXPECT_EQ(status_name(row.status), row.name);
    EXPECT_EQ(parse_status(row.name), row.status);
  }
}

TEST(ProcessingStatus, OtherNamesAreRefused) {
  for (const char* name : {"", "Pending", "done", "failed "}) EXPECT_FALSE(parse_status(name)) << name;
}

}  // namespace
}  // namespace tintype
