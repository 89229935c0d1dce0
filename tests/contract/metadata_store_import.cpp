// What every MetadataStore must do with records of another store (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <atomic>

#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using testing::IsEmpty;

class MetadataStoreImport : public MetadataStoreContract {
 protected:
  Result<bool> import(const ImageRecord& record) { return store().import_record(record, soon()); }
  // Whether `record` is there and listed wherever its text says, and nowhere else of `words`.
  void expect_listed_by(const ImageRecord& record, const std::vector<std::string>& words) {
    EXPECT_EQ(described(record.image_id), describe(record));
    EXPECT_EQ(ids_of_all({.user = record.user_id}), ids_of({record}));
    for (const std::string& word : words) {
      const bool tagged = std::ranges::count(record.text.tags, word) > 0;
      const bool in_album = record.text.album_id == word;
      EXPECT_EQ(ids_of_all({.user = record.user_id, .tag = word}).size(), tagged ? 1U : 0U) << word;
      EXPECT_EQ(ids_of_all({.user = record.user_id, .album_id = word}).size(), in_album ? 1U : 0U) << word;
      EXPECT_EQ(ids_of_all({.user = record.user_id, .album_id = record.text.album_id, .tag = word}).size(),
                tagged ? 1U : 0U)
          << word;
    }
  }
};

TEST_P(MetadataStoreImport, ImportedRecordHasEveryMemberAndIsListed) {
  const ImageRecord full = maker_.next_full();
  EXPECT_TRUE(import(full).value());
  expect_listed_by(full, {"zebra", "人物", "other"});
  RecordMaker bob("bob");
  const ImageRecord plain = bob.next();
  EXPECT_TRUE(import(plain).value());
  expect_listed_by(plain, {});
}

TEST_P(MetadataStoreImport, ImportAgainDoesNothing) {
  const ImageRecord record = maker_.next_full();
  EXPECT_TRUE(import(record).value());
  EXPECT_FALSE(import(record).value());
  expect_listed_by(record, {"zebra"});
}

TEST_P(MetadataStoreImport, NewerVersionReplacesTheRecordAndItsPlacesInListings) {
  ImageRecord record = maker_.next_in("old", {"gone", "stays"});
  ASSERT_TRUE(import(record).value());
  record.text = {.album_id = "new", .title = "changed", .tags = {"stays", "added"}};
  record.updated_at = now_;
  record.version += 2;
  EXPECT_TRUE(import(record).value());
  expect_listed_by(record, {"gone", "stays", "added", "old", "new"});
}

TEST_P(MetadataStoreImport, OlderVersionChangesNothing) {
  ImageRecord record = maker_.next_tagged({"new"});
  record.version = 2;
  ASSERT_TRUE(import(record).value());
  ImageRecord older = record;
  older.version = 1;
  older.text.tags = {"old"};
  EXPECT_FALSE(import(older).value());
  expect_listed_by(record, {"new", "old"});
}

TEST_P(MetadataStoreImport, RecordThatWasUploadedHereIsReplacedOnlyByANewerVersion) {
  ImageRecord record = inserted(maker_.next_tagged({"a"}));
  EXPECT_FALSE(import(record).value());
  record.text.tags = {"b"};
  ++record.version;
  EXPECT_TRUE(import(record).value());
  expect_listed_by(record, {"a", "b"});
}

TEST_P(MetadataStoreImport, ImportedRecordCanBeChangedAndDeleted) {
  const ImageRecord record = maker_.next_tagged({"a"});
  ASSERT_TRUE(import(record).value());
  const auto updated = store().update_text(record.image_id, {.tags = {"b"}}, record.version, now_, soon());
  ASSERT_TRUE(updated) << to_string(updated.error());
  expect_listed_by(*updated, {"a", "b"});
  EXPECT_THAT(store().unreferenced(std::vector{record.main_key, *record.thumbnail_key}, soon()).value(), IsEmpty());
  const auto deletion = store().begin_deletion(record.image_id, now_, soon());
  ASSERT_TRUE(deletion) << to_string(deletion.error());
  EXPECT_THAT(deletion->blob_keys, testing::UnorderedElementsAre(record.main_key, *record.thumbnail_key));
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "b"}), IsEmpty());
}

TEST_P(MetadataStoreImport, ImageInTheJournalOfDeletionsStaysDead) {
  ImageRecord record = inserted(maker_.next_tagged({"a"}));
  ASSERT_TRUE(store().begin_deletion(record.image_id, now_, soon()));
  ++record.version;
  EXPECT_EQ(code_of(import(record)), ErrorCode::NotFound);
  const ImageRecord buried = maker_.next_tagged({"a"});
  ASSERT_TRUE(store().bury(buried.image_id, std::vector{buried.main_key}, now_, soon()).value());
  EXPECT_EQ(code_of(import(buried)), ErrorCode::NotFound);
  for (const ImageRecord& dead : {record, buried}) {
    EXPECT_EQ(code_of(store().find(dead.image_id, soon())), ErrorCode::NotFound);
  }
  EXPECT_THAT(ids_of_all({.user = maker_.owner()}), IsEmpty());
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "a"}), IsEmpty());
  EXPECT_EQ(journal().size(), 2U);
}

TEST_P(MetadataStoreImport, ImageThatIsBeingUploadedStaysWithItsClaim) {
  const ImageRecord record = maker_.next();
  const UploadClaim claim = claim_for(record);
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  EXPECT_EQ(code_of(import(record)), ErrorCode::UploadInProgress);
  ASSERT_TRUE(store().release(claim, now_, soon()));
  EXPECT_EQ(code_of(import(record)), ErrorCode::UploadInProgress);
  EXPECT_EQ(code_of(store().find(record.image_id, soon())), ErrorCode::NotFound);
}

TEST_P(MetadataStoreImport, RecordThatIsProcessingIsImportedAsItIs) {
  ImageRecord processing = maker_.next();
  processing.thumbnail_key.reset();
  processing.status = ProcessingStatus::Processing;
  ASSERT_TRUE(import(processing).value());
  expect_listed_by(processing, {});
}

TEST_P(MetadataStoreImport, ConcurrentImportsOfOneVersionHaveOneWinner) {
  const ImageRecord record = maker_.next_tagged({"a"});
  std::atomic<int> added = 0;
  run_at_once(8, [&](int) { added += import(record).value() ? 1 : 0; });
  EXPECT_EQ(added, 1);
  expect_listed_by(record, {"a"});
}

TEST_P(MetadataStoreImport, OfConcurrentImportsTheNewestVersionStays) {
  ImageRecord newest = maker_.next();
  newest.version = 8;
  newest.text.tags = {"version 8"};
  run_at_once(8, [&](int thread) {
    ImageRecord record = newest;
    record.version = thread + 1;
    record.text.tags = {"version " + std::to_string(record.version)};
    EXPECT_TRUE(import(record));
  });
  expect_listed_by(newest, {"version 1", "version 7", "version 8"});
}

TEST_P(MetadataStoreImport, ExpiredDeadlineReturnsDeadlineExceededAndNothingHappens) {
  const ImageRecord record = maker_.next();
  EXPECT_EQ(code_of(store().import_record(record, past())), ErrorCode::DeadlineExceeded);
  EXPECT_EQ(code_of(store().find(record.image_id, soon())), ErrorCode::NotFound);
}

INSTANTIATE_TEST_SUITE_P(Adapters, MetadataStoreImport, testing::ValuesIn(metadata_store_adapters()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tintype::testing_support
