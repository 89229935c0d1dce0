// What every MetadataStore must do when images are deleted (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <atomic>
#include <map>

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
  EXPECT_THAT(pending(), ElementsAre(*deletion));
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
  EXPECT_EQ(pending().size(), 1u);
}

TEST_P(MetadataStoreContract, ConcurrentDeletionsOfOneImageHaveOneWinner) {
  const ImageRecord record = inserted(maker_.next());
  std::atomic<int> winners = 0;
  run_at_once(8, [&](int) { winners += store().begin_deletion(record.image_id, now_, soon()).has_value() ? 1 : 0; });
  EXPECT_EQ(winners, 1);
}

TEST_P(MetadataStoreContract, FinishedDeletionLeavesTheJournalAndMayBeFinishedAgain) {
  const ImageRecord record = inserted(maker_.next());
  ASSERT_TRUE(store().begin_deletion(record.image_id, now_, soon()));
  EXPECT_TRUE(store().finish_deletion(record.image_id, soon()));
  EXPECT_THAT(pending(), IsEmpty());
  EXPECT_TRUE(store().finish_deletion(record.image_id, soon()));
  EXPECT_EQ(code_of(store().find(record.image_id, soon())), ErrorCode::NotFound);
}

TEST_P(MetadataStoreContract, PendingDeletionsPageInOrderOfIdsWhileTheyAreFinished) {
  std::vector<ImageRecord> r;
  r.reserve(5);
  for (int i = 0; i < 5; ++i) r.push_back(inserted(maker_.next()));
  std::map<std::string, Deletion> begun;
  for (const std::size_t i : {3u, 0u, 4u, 2u, 1u}) {
    begun.emplace(r[i].image_id.text(), store().begin_deletion(r[i].image_id, now_, soon()).value());
  }
  const auto begun_at = [&](std::size_t i) { return begun.at(r[i].image_id.text()); };
  EXPECT_THAT(pending(2), ElementsAre(begun_at(0), begun_at(1)));
  ASSERT_TRUE(store().finish_deletion(r[1].image_id, soon()));
  EXPECT_THAT(pending(2, r[1].image_id), ElementsAre(begun_at(2), begun_at(3)));
  EXPECT_THAT(pending(2, r[3].image_id), ElementsAre(begun_at(4)));
  EXPECT_THAT(pending(2, r[4].image_id), IsEmpty());
}

}  // namespace
}  // namespace tintype::testing_support
