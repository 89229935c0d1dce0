// What every MetadataStore must do, sentence by sentence of ports/metadata_store.h: one record, and all methods. The
// files beside this one go on with claims, listings, updates and deletions. Adapters are in metadata_store_adapters.cpp
// and dynamodb_contract.cpp; each runs all.
#include <gmock/gmock.h>

#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using testing::IsEmpty;

ImageText titled(std::string title) {
  ImageText text;
  text.title = std::move(title);
  return text;
}

TEST_P(MetadataStoreContract, FindAfterInsertReturnsEveryMember) {
  const ImageRecord full = inserted(maker_.next_full());
  const ImageRecord plain = inserted(maker_.next());
  EXPECT_EQ(described(full.image_id), describe(full));
  EXPECT_EQ(described(plain.image_id), describe(plain));
}

TEST_P(MetadataStoreContract, RecordWithoutThumbnailKeepsItsStatus) {
  ImageRecord processing = maker_.next();
  processing.thumbnail_key.reset();
  processing.status = ProcessingStatus::Processing;
  inserted(processing);
  EXPECT_EQ(described(processing.image_id), describe(processing));
}

TEST_P(MetadataStoreContract, FindOfMissingImageReturnsNotFound) {
  EXPECT_EQ(code_of(store().find(maker_.next_id(), soon())), ErrorCode::NotFound);
}

TEST_P(MetadataStoreContract, RecordOfAnExistingImageIsRefusedAndChangesNothing) {
  const ImageRecord first = inserted(maker_.next());
  ImageRecord second = maker_.next_tagged({"other"});
  second.image_id = first.image_id;
  EXPECT_EQ(code_of(add_record(store(), second, soon())), ErrorCode::ClaimLost) << "its claim is completed";
  EXPECT_EQ(described(first.image_id), describe(first));
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "other"}), IsEmpty());
}

TEST_P(MetadataStoreContract, ExpiredDeadlineReturnsDeadlineExceededAndNothingHappens) {
  const ImageRecord record = inserted(maker_.next());
  const ImageRecord absent = maker_.next();
  const auto exceeded = std::optional(ErrorCode::DeadlineExceeded);
  const UploadClaim claim = claim_for(absent);
  EXPECT_EQ(code_of(store().claim(claim, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().renew(claim, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().complete(claim, absent, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().release(claim, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().expire(claim, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().due_claims(now_, 1, past())), exceeded);
  EXPECT_EQ(code_of(store().bury(absent.image_id, claim.blob_keys, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().postpone_deletion({absent.image_id, {}}, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().records_after({}, 1, past())), exceeded);
  EXPECT_EQ(code_of(store().unreferenced(claim.blob_keys, past())), exceeded);
  EXPECT_EQ(code_of(store().keep_verification({}, past())), exceeded);
  EXPECT_EQ(code_of(store().last_verification(past())), exceeded);
  EXPECT_EQ(code_of(store().update_text(record.image_id, titled("late"), {}, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().begin_deletion(record.image_id, now_, past())), exceeded);
  EXPECT_EQ(code_of(store().finish_deletion({record.image_id, {}}, past())), exceeded);
  EXPECT_EQ(code_of(store().find(record.image_id, past())), exceeded);
  EXPECT_EQ(code_of(store().list({.user = maker_.owner()}, past())), exceeded);
  EXPECT_EQ(code_of(store().due_deletions(now_, 1, past())), exceeded);
  EXPECT_EQ(code_of(store().check(past())), exceeded);
  EXPECT_EQ(described(record.image_id), describe(record));
  EXPECT_EQ(ids_of_all({.user = maker_.owner()}), ids_of({record}));
}

TEST_P(MetadataStoreContract, CheckOfWorkingStoreSucceeds) {
  EXPECT_EQ(code_of(store().check(soon())), std::nullopt);
}

TEST_P(MetadataStoreContract, ConcurrentWritersEachReadWhatTheyWrote) {
  constexpr int kThreads = 8;
  constexpr int kImages = 25;
  run_at_once(kThreads, [this](int thread) {
    RecordMaker maker("user" + std::to_string(thread));
    for (int i = 1; i <= kImages; ++i) {
      const ImageRecord record = inserted(maker.next_in("a", {"t"}));
      EXPECT_EQ(described(record.image_id), describe(record));
      EXPECT_EQ(list({.user = maker.owner(), .tag = "t", .limit = 100}).images.size(), static_cast<std::size_t>(i));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Adapters, MetadataStoreContract, testing::ValuesIn(metadata_store_adapters()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace

}  // namespace tintype::testing_support
