#include "service/stale_checker.h"

#include <gtest/gtest.h>

#include "tests/support/process_tree.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class StaleCheckerTest : public ServiceFixture {
 protected:
  ImageRecord stored() {
    ImageRecord record = RecordMaker("ann").next_full();
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }
  void wait_for(std::uint64_t checked) {
    eventually([&] { return checker_.counts().checked >= checked; });
    EXPECT_EQ(checker_.counts().checked, checked);
  }

  StaleChecker checker_{image_cache_, metadata_, {.one_in = 1, .second_look = 20ms, .pause = 1ms}, log_};
};

TEST_F(StaleCheckerTest, AnswerThatTheStoreWouldGiveIsNotStale) {
  const ImageRecord record = stored();
  ASSERT_TRUE(image_cache_.image(record.user_id, record.image_id, soon()));
  checker_.served(record.image_id, record.version);
  wait_for(1);
  EXPECT_EQ(checker_.counts().stale, 0U);
}

// As if a write had not told the cache.
TEST_F(StaleCheckerTest, AnswerThatStaysOlderThanTheStoreIsStaleAndDropped) {
  const ImageRecord record = stored();
  ASSERT_TRUE(image_cache_.image(record.user_id, record.image_id, soon()));
  ASSERT_TRUE(metadata_.update_text(record.image_id, {.title = "new"}, std::nullopt, clock_.now(), soon()));
  checker_.served(record.image_id, record.version);
  wait_for(1);
  EXPECT_EQ(checker_.counts().stale, 1U);
  EXPECT_FALSE(image_cache_.image_at_once(record.user_id, record.image_id));
}

TEST_F(StaleCheckerTest, ImageThatIsGoneAndStillServedIsStale) {
  const ImageRecord record = stored();
  ASSERT_TRUE(image_cache_.image(record.user_id, record.image_id, soon()));
  ASSERT_TRUE(metadata_.begin_deletion(record.image_id, clock_.now(), soon()));
  checker_.served(record.image_id, record.version);
  wait_for(1);
  EXPECT_EQ(checker_.counts().stale, 1U);
}

TEST_F(StaleCheckerTest, AnswerBeforeAWriteThatTheCacheWasToldOfIsNotStale) {
  const ImageRecord record = stored();
  ASSERT_TRUE(image_cache_.image(record.user_id, record.image_id, soon()));
  {
    const auto write = image_cache_.write(record.user_id, record.image_id);
    ASSERT_TRUE(metadata_.update_text(record.image_id, {.title = "new"}, std::nullopt, clock_.now(), soon()));
  }
  checker_.served(record.image_id, record.version);
  wait_for(1);
  EXPECT_EQ(checker_.counts().stale, 0U);
}

TEST_F(StaleCheckerTest, StoreThatDoesNotAnswerSaysNothing) {
  const ImageRecord record = stored();
  metadata_.fail_next(MetadataOperation::Find, FaultTime::Before);
  checker_.served(record.image_id, record.version + 1);
  EXPECT_TRUE(eventually([&] { return metadata_.calls(MetadataOperation::Find) == 1; }));
  EXPECT_EQ(checker_.counts().stale, 0U);
}

}  // namespace
}  // namespace tintype
