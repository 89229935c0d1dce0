#include "service/delete_image.h"

#include <gmock/gmock.h>

#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::IsEmpty;
using testing::SizeIs;

class DeleteImageTest : public ServiceFixture {
 protected:
  ImageRecord stored() {
    ImageRecord record = maker_.next();
    EXPECT_TRUE(memory_blobs_.put(record.main_key, as_bytes("main"), {}, soon()));
    EXPECT_TRUE(memory_blobs_.put(*record.thumbnail_key, as_bytes("thumbnail"), {}, soon()));
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }

  DeleteImage use_case_{metadata_, finish_, image_cache_, bus_, clock_};
};

TEST_F(DeleteImageTest, RecordBlobsAndJournalEntryAreGone) {
  const ImageRecord record = stored();
  ASSERT_TRUE(use_case_.run(user("ann"), record.image_id, soon()));
  EXPECT_FALSE(metadata_.find(record.image_id, soon()));
  EXPECT_THAT(blob_keys(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(DeleteImageTest, DeletingAgainIsSuccess) {
  const ImageRecord record = stored();
  ASSERT_TRUE(use_case_.run(user("ann"), record.image_id, soon()));
  EXPECT_TRUE(use_case_.run(user("ann"), record.image_id, soon()));
}

TEST_F(DeleteImageTest, SomeoneElsesImageStays) {
  const ImageRecord record = stored();
  const auto refused = use_case_.run(user("bob"), record.image_id, soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::NotAuthorized);
  EXPECT_TRUE(metadata_.find(record.image_id, soon()));
  EXPECT_THAT(blob_keys(), SizeIs(2));
}

TEST_F(DeleteImageTest, RecordIsInvisibleBeforeItsBlobsGo) {
  const ImageRecord record = stored();
  bool visible = true;
  blobs_.set_hook(BlobOperation::Remove, FaultTime::Before, [&](std::string_view) {
    visible = metadata_.find(record.image_id, soon()).has_value();
    return std::optional<Error>();
  });
  ASSERT_TRUE(use_case_.run(user("ann"), record.image_id, soon()));
  EXPECT_FALSE(visible);
}

TEST_F(DeleteImageTest, BlobThatCannotBeRemovedStaysInTheJournalAndIsSuccess) {
  const ImageRecord record = stored();
  blobs_.fail_next(BlobOperation::Remove, FaultTime::Before);
  ASSERT_TRUE(use_case_.run(user("ann"), record.image_id, soon()));
  EXPECT_THAT(journal(), SizeIs(1));
}

TEST_F(DeleteImageTest, FailureToBeginLeavesTheImage) {
  const ImageRecord record = stored();
  metadata_.fail_next(MetadataOperation::BeginDeletion, FaultTime::Before);
  EXPECT_FALSE(use_case_.run(user("ann"), record.image_id, soon()));
  EXPECT_TRUE(metadata_.find(record.image_id, soon()));
  EXPECT_THAT(blob_keys(), SizeIs(2));
}

}  // namespace
}  // namespace tintype
