#include "adapters/cache_memory/tag_generations.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

const std::vector<std::string> kAnn = {"user:ann"};
const std::vector<std::string> kBob = {"user:bob"};

TEST(TagGenerations, StayAsTheyAreUntilTheirTagAdvances) {
  TagGenerations generations;
  const auto ann = generations.read(kAnn);
  const auto bob = generations.read(kBob);
  EXPECT_TRUE(generations.unchanged(ann));
  generations.advance("user:ann");
  EXPECT_FALSE(generations.unchanged(ann));
  EXPECT_TRUE(generations.unchanged(bob));
}

TEST(TagGenerations, AnyOfSeveralTagsIsEnough) {
  TagGenerations generations;
  const std::vector<std::string> both = {"user:ann", "image:1"};
  const auto seen = generations.read(both);
  generations.advance("image:1");
  EXPECT_FALSE(generations.unchanged(seen));
}

TEST(TagGenerations, EverythingReachesEachTagAndNone) {
  TagGenerations generations;
  const auto ann = generations.read(kAnn);
  const auto none = generations.read({});
  generations.advance_everything();
  EXPECT_FALSE(generations.unchanged(ann));
  EXPECT_FALSE(generations.unchanged(none));
}

TEST(TagGenerations, NothingReadIsNeverUnchanged) {
  const TagGenerations generations;
  EXPECT_FALSE(generations.unchanged({}));
}

TEST(TagGenerations, FileIsSharedByAllWhoOpenIt) {
  const testing_support::TempDirectory directory;
  const auto one = TagGenerations::shared(directory.path() / "generations").value();
  const auto other = TagGenerations::shared(directory.path() / "generations").value();
  const auto seen = one->read(kAnn);
  other->advance("user:ann");
  EXPECT_FALSE(one->unchanged(seen));
}

// A disk that is full later must not end the process at the first write into a hole.
TEST(TagGenerations, FileHasItsRoomFromTheStart) {
  const testing_support::TempDirectory directory;
  const auto file = directory.path() / "generations";
  const auto generations = TagGenerations::shared(file).value();
  struct stat status = {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_GE(status.st_blocks * 512, static_cast<off_t>(TagGenerations::kCounters * sizeof(std::uint64_t)));
}

TEST(TagGenerations, FileThatCannotBeMadeIsAnError) {
  const auto made = TagGenerations::shared("/nowhere/generations");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::StoreUnavailable);
}

}  // namespace
}  // namespace tintype
