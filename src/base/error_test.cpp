#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

#include "base/result.h"

namespace tintype {
namespace {

TEST(Error, EveryCodeHasAnOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code)
    names.insert(code_name(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::Internal) + 1);
}

TEST(Error, NamesAreThoseOfTheApi) {
  EXPECT_EQ(code_name(ErrorCode::NotFound), "IMAGE_NOT_FOUND");
  EXPECT_EQ(code_name(ErrorCode::InvalidFileType), "INVALID_FILE_TYPE");
  EXPECT_EQ(code_name(ErrorCode::Internal), "INTERNAL");
}

TEST(Error, TextHasCodeMessageAndDetail) {
  EXPECT_EQ(to_string(Error{ErrorCode::RateLimited, "slow down", "bucket 7"}), "RATE_LIMITED: slow down (bucket 7)");
  EXPECT_EQ(to_string(Error{ErrorCode::RateLimited, "slow down"}), "RATE_LIMITED: slow down");
}

TEST(Result, FailGivesTheError) {
  const Result<int> result = fail(ErrorCode::Overloaded, "busy", "queue full");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Overloaded);
  EXPECT_EQ(result.error().public_message, "busy");
  EXPECT_EQ(result.error().detail, "queue full");
}

TEST(Result, ErrorOfOneResultBecomesThatOfAnotherWithItsMembers) {
  Error error{ErrorCode::VersionMismatch, "changed"};
  error.members.push_back({"currentVersion", std::int64_t{7}});
  const Result<int> first = fail(error);
  const Result<std::string> second = fail(first.error());
  ASSERT_EQ(second.error().members.size(), 1u);
  EXPECT_EQ(std::get<std::int64_t>(second.error().members[0].value), 7);
}

TEST(Result, ValueIsThere) {
  EXPECT_EQ(Result<int>(7).value(), 7);
  EXPECT_TRUE(Result<void>());
}

}  // namespace
}  // namespace tintype
