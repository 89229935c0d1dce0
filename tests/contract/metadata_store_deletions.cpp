// What every MetadataStore must do when images are deleted (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <atomic>

#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(MetadataStoreContract, BegunDeletionHidesTheImageAndIsInTheJournal) {
  const ImageRecord record = inserted(maker_.next_in("a", {"t"}));
  const auto deletion = store().begin_deletion(record.image_id, now_, soon());
  ASSERT_TRUE(deletion) << to_string(deletion.error());
  EXPECT_EQ(deletion->image_id, record.image_id);
  EXPECT_THAT(deletion->blob_keys, testing::UnorderedElementsAre(record.main_key, *record.thumbnail_key));
  EXPECT_THAT(journal(), ElementsAre(*deletion));
  EXPECT_EQ(deletion->due, now_);
  EXPECT_EQ(deletion->failures, 0);
  EXPECT_EQ(code_of(store().find(record.image_id, soon())), ErrorCode::NotFound);
  EXPECT_THAT(ids_of_all({.user = maker_.owner()}), IsEmpty());
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .album_id = "a"}), IsEmpty());
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "t"}), IsEmpty());
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .album_id = "a", .tag = "t"}), IsEmpty());
}

TEST_P(MetadataStoreContract, DeletionOfImageWithoutThumbnailHasOneKey) {
  ImageRecord record = maker_.next();
  record.thumbnail_key.reset();
  inserted(record);
  EXPECT_THAT(store().begin_deletion(record.image_id, now_, soon())->blob_keys, ElementsAre(record.main_key));
}

TEST_P(MetadataStoreContract, DeletionOfMissingOrDeletedImageReturnsNotFound) {
  EXPECT_EQ(code_of(store().begin_deletion(maker_.next_id(), now_, soon())), ErrorCode::NotFound);
  const ImageRecord record = inserted(maker_.next());
  ASSERT_TRUE(store().begin_deletion(record.image_id, now_, soon()));
  EXPECT_EQ(code_of(store().begin_deletion(record.image_id, now_, soon())), ErrorCode::NotFound);
  EXPECT_EQ(journal().size(), 1u);
}

TEST_P(MetadataStoreContract, ConcurrentDeletionsOfOneImageHaveOneWinner) {
  const ImageRecord record = inserted(maker_.next());
  std::atomic<int> winners = 0;
  run_at_once(8, [&](int) { winners += store().begin_deletion(record.image_id, now_, soon()).has_value() ? 1 : 0; });
  EXPECT_EQ(winners, 1);
}

TEST_P(MetadataStoreContract, FinishedDeletionLeavesTheJournalAndMayBeFinishedAgain) {
  const ImageRecord record = inserted(maker_.next());
  const Deletion deletion = store().begin_deletion(record.image_id, now_, soon()).value();
  EXPECT_TRUE(store().finish_deletion(deletion, soon()));
  EXPECT_THAT(journal(), IsEmpty());
  EXPECT_TRUE(store().finish_deletion(deletion, soon()));
  EXPECT_EQ(code_of(store().find(record.image_id, soon())), ErrorCode::NotFound);
}

TEST_P(MetadataStoreContract, DueDeletionsAreThoseNotAfterNowLongestOverdueFirst) {
  std::vector<Deletion> begun;
  for (const int seconds : {3, 1, 4, 2}) {
    const ImageRecord record = inserted(maker_.next());
    begun.push_back(store().begin_deletion(record.image_id, now_ + std::chrono::seconds(seconds), soon()).value());
  }
  const auto due = [&](int seconds, int limit) {
    return store().due_deletions(now_ + std::chrono::seconds(seconds), limit, soon()).value();
  };
  EXPECT_THAT(due(0, 10), IsEmpty());
  EXPECT_THAT(due(3, 10), ElementsAre(begun[1], begun[3], begun[0]));
  EXPECT_THAT(due(4, 2), ElementsAre(begun[1], begun[3]));
}

TEST_P(MetadataStoreContract, PostponedDeletionIsDueLaterAndCountsItsFailures) {
  const ImageRecord record = inserted(maker_.next());
  const Deletion deletion = store().begin_deletion(record.image_id, now_, soon()).value();
  const UnixTime later = now_ + std::chrono::seconds(5);
  ASSERT_TRUE(store().postpone_deletion(deletion, later, soon()));
  EXPECT_THAT(store().due_deletions(now_, 10, soon()).value(), IsEmpty());
  const auto due = store().due_deletions(later, 10, soon()).value();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].failures, 1);
  EXPECT_EQ(due[0].due, later);
  EXPECT_EQ(due[0].blob_keys, deletion.blob_keys);
  EXPECT_TRUE(store().finish_deletion(deletion, soon())) << "it is the same entry";
  EXPECT_THAT(journal(), IsEmpty());
  EXPECT_TRUE(store().postpone_deletion(deletion, later, soon()));
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_P(MetadataStoreContract, ImageEnteredAgainIsNotFinishedByWhoWorksOnTheOldEntry) {
  const ImageRecord record = inserted(maker_.next());
  const Deletion old = store().begin_deletion(record.image_id, now_, soon()).value();
  const auto again = store().bury(record.image_id, old.blob_keys, now_, soon()).value();
  ASSERT_TRUE(again);
  EXPECT_NE(again->entry, old.entry);
  ASSERT_TRUE(store().finish_deletion(old, soon()));
  ASSERT_TRUE(store().postpone_deletion(old, now_ + std::chrono::hours(1), soon()));
  EXPECT_THAT(journal(), ElementsAre(*again));
  ASSERT_TRUE(store().finish_deletion(*again, soon()));
  const auto once_more = store().bury(record.image_id, old.blob_keys, now_, soon()).value();
  ASSERT_TRUE(once_more);
  EXPECT_NE(once_more->entry, again->entry) << "also when no entry was there any more";
}

TEST_P(MetadataStoreContract, BuryTakesOnlyKeysThatNothingRefersTo) {
  const ImageRecord record = inserted(maker_.next());
  const std::vector<std::string> both = {record.main_key, *record.thumbnail_key};
  EXPECT_FALSE(store().bury(record.image_id, both, now_, soon()).value());
  EXPECT_THAT(journal(), IsEmpty());

  ImageRecord bare = maker_.next();
  const std::string spare = *std::exchange(bare.thumbnail_key, std::nullopt);
  inserted(bare);
  const std::vector<std::string> keys = {bare.main_key, spare};
  const auto buried = store().bury(bare.image_id, keys, now_, soon()).value();
  ASSERT_TRUE(buried);
  EXPECT_THAT(buried->blob_keys, ElementsAre(spare));
  EXPECT_TRUE(store().find(bare.image_id, soon()));
  const Deletion merged = store().begin_deletion(bare.image_id, now_, soon()).value();
  EXPECT_THAT(merged.blob_keys, testing::UnorderedElementsAre(bare.main_key, spare)) << "the keys of both entries";
}

TEST_P(MetadataStoreContract, BuryLeavesTheKeysOfAnUnfinishedClaim) {
  const UploadClaim claim = claim_for(maker_.next());
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  EXPECT_FALSE(store().bury(claim.image_id, claim.blob_keys, now_, soon()).value());
  ASSERT_TRUE(store().release(claim, now_, soon()));
  EXPECT_FALSE(store().bury(claim.image_id, claim.blob_keys, now_, soon()).value());
}

TEST_P(MetadataStoreContract, RecordThatIsProcessingRefersToKeysItDoesNotNameYet) {
  ImageRecord processing = maker_.next();
  const std::string thumbnail = *std::exchange(processing.thumbnail_key, std::nullopt);
  processing.status = ProcessingStatus::Processing;
  inserted(processing);
  const std::vector<std::string> keys = {thumbnail};
  EXPECT_FALSE(store().bury(processing.image_id, keys, now_, soon()).value());
  EXPECT_THAT(store().unreferenced(keys, soon()).value(), IsEmpty());
}

TEST_P(MetadataStoreContract, UnreferencedAreTheKeysOfNoRecordClaimOrDeletion) {
  const ImageRecord record = inserted(maker_.next());
  const ImageRecord deleted = inserted(maker_.next());
  ASSERT_TRUE(store().begin_deletion(deleted.image_id, now_, soon()));
  const UploadClaim claim = claim_for(maker_.next());
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  const ImageRecord nobody = RecordMaker("ann1").next();  // "ann" is the beginning of this name
  const std::vector<std::string> keys = {record.main_key, *record.thumbnail_key, deleted.main_key,   claim.blob_keys[0],
                                         nobody.main_key, *nobody.thumbnail_key, "images/readme.txt"};
  EXPECT_THAT(store().unreferenced(keys, soon()).value(), ElementsAre(nobody.main_key, *nobody.thumbnail_key));
}

TEST_P(MetadataStoreContract, KeyOfTheSameImageUnderAnotherUserIsUnreferenced) {
  const ImageRecord record = inserted(maker_.next());
  const std::string other = "images/ann1/" + record.image_id.text() + ".webp";
  EXPECT_THAT(store().unreferenced(std::vector{other}, soon()).value(), ElementsAre(other));
}

TEST_P(MetadataStoreContract, RecordsOfAllUsersArePagedEachOnce) {
  RecordMaker other("bob");
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(inserted(maker_.next()).image_id.text());
    ids.push_back(inserted(other.next()).image_id.text());
  }
  std::ranges::sort(ids);
  std::vector<std::string> found;
  std::optional<ImageId> after;
  for (int page = 0; page < 10; ++page) {
    const auto records = store().records_after(after, 2, soon()).value();
    if (records.empty()) break;
    EXPECT_LE(records.size(), 2u);
    for (const ImageRecord& record : records) found.push_back(record.image_id.text());
    after = records.back().image_id;
  }
  std::ranges::sort(found);
  EXPECT_EQ(found, ids);
}

TEST_P(MetadataStoreContract, RecordsAfterOneThatIsGoneAreThoseThatCameAfterIt) {
  for (int i = 0; i < 5; ++i) inserted(maker_.next_tagged({"a", "b"}));
  const auto all = store().records_after(std::nullopt, 10, soon()).value();
  ASSERT_EQ(all.size(), 5u);
  ASSERT_TRUE(store().finish_deletion(store().begin_deletion(all[1].image_id, now_, soon()).value(), soon()));
  EXPECT_EQ(ids_of(store().records_after(all[1].image_id, 10, soon()).value()), ids_of({all[2], all[3], all[4]}));
}

TEST_P(MetadataStoreContract, LastVerificationIsTheOneThatWasKeptLast) {
  EXPECT_FALSE(store().last_verification(soon()).value());
  VerificationReport report{.blobs = 5'000'000'000,
                            .records = 2,
                            .orphaned_files = 3,
                            .missing_files = 4,
                            .corrupt_files = 5,
                            .unknown_files = 6,
                            .repaired = 7,
                            .sample_percent = 12.5,
                            .finished = now_};
  ASSERT_TRUE(store().keep_verification(report, soon()));
  EXPECT_EQ(store().last_verification(soon()).value(), report);
  report.orphaned_files = 0;
  ASSERT_TRUE(store().keep_verification(report, soon()));
  EXPECT_EQ(store().last_verification(soon()).value(), report);
}

}  // namespace
}  // namespace tintype::testing_support
