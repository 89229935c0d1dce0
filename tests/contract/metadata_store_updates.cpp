// What every MetadataStore must do when text is changed (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <atomic>

#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using testing::IsEmpty;

ImageText titled(std::string title) {
  ImageText text;
  text.title = std::move(title);
  return text;
}
ImageText tagged(std::vector<std::string> tags, std::optional<std::string> album = {}) {
  ImageText text;
  text.tags = std::move(tags);
  text.album_id = std::move(album);
  return text;
}

TEST_P(MetadataStoreContract, UpdateReplacesTextAndNothingElse) {
  ImageRecord record = inserted(maker_.next_full());
  const ImageText text{.album_id = "new", .title = {}, .description = "", .alt_text = "a dog", .tags = {"b", "a"}};
  const auto updated = store().update_text(record.image_id, text, record.version, now_, soon());
  ASSERT_TRUE(updated) << to_string(updated.error());
  record.text = text;
  record.updated_at = now_;
  ++record.version;
  EXPECT_EQ(describe(*updated), describe(record));
  EXPECT_EQ(described(record.image_id), describe(record));
}

TEST_P(MetadataStoreContract, UpdatedImageIsListedByItsNewTextOnly) {
  const ImageRecord record = inserted(maker_.next_in("old", {"old", "both"}));
  ASSERT_TRUE(store().update_text(record.image_id, tagged({"both", "new"}, "new"), {}, now_, soon()));
  for (const char* word : {"old", "new", "both"}) {
    const std::vector<std::string> here = ids_of({record});
    const bool is_old = word == std::string("old");
    const bool is_album = word == std::string("new");
    EXPECT_EQ(ids_of_all({.user = maker_.owner(), .tag = word}), is_old ? ids_of({}) : here) << word;
    EXPECT_EQ(ids_of_all({.user = maker_.owner(), .album_id = word}), is_album ? here : ids_of({})) << word;
    EXPECT_EQ(ids_of_all({.user = maker_.owner(), .album_id = "new", .tag = word}), is_old ? ids_of({}) : here) << word;
    EXPECT_THAT(ids_of_all({.user = maker_.owner(), .album_id = "old", .tag = word}), IsEmpty()) << word;
  }
}

TEST_P(MetadataStoreContract, UpdateWithOtherVersionReturnsCurrentVersionAndChangesNothing) {
  ImageRecord record = maker_.next_tagged({"kept"});
  record.version = 7;
  inserted(record);
  const auto updated = store().update_text(record.image_id, tagged({"lost"}), 6, now_, soon());
  ASSERT_EQ(code_of(updated), ErrorCode::VersionMismatch);
  ASSERT_EQ(updated.error().members.size(), 1u);
  EXPECT_EQ(updated.error().members[0].name, "currentVersion");
  EXPECT_EQ(std::get<std::int64_t>(updated.error().members[0].value), 7);
  EXPECT_EQ(described(record.image_id), describe(record));
  EXPECT_EQ(ids_of_all({.user = maker_.owner(), .tag = "kept"}), ids_of({record}));
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "lost"}), IsEmpty());
}

TEST_P(MetadataStoreContract, UpdateOfMissingImageReturnsNotFound) {
  EXPECT_EQ(code_of(store().update_text(maker_.next_id(), {}, 1, now_, soon())), ErrorCode::NotFound);
  const ImageRecord deleted = inserted(maker_.next());
  ASSERT_TRUE(store().begin_deletion(deleted.image_id, now_, soon()));
  EXPECT_EQ(code_of(store().update_text(deleted.image_id, {}, {}, now_, soon())), ErrorCode::NotFound);
}

TEST_P(MetadataStoreContract, ConcurrentUpdatesOfOneVersionHaveOneWinner) {
  const ImageRecord record = inserted(maker_.next());
  std::atomic<int> winners = 0;
  std::atomic<int> mismatches = 0;
  run_at_once(8, [&](int thread) {
    const auto updated = store().update_text(record.image_id, titled(std::to_string(thread)), 1, now_, soon());
    if (updated) ++winners;
    if (code_of(updated) == ErrorCode::VersionMismatch) ++mismatches;
  });
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(mismatches, 7);
  EXPECT_EQ(store().find(record.image_id, soon())->version, 2);
}

TEST_P(MetadataStoreContract, ConcurrentUpdatesOfAnyVersionAllCount) {
  const ImageRecord record = inserted(maker_.next());
  run_at_once(8, [&](int) { EXPECT_TRUE(store().update_text(record.image_id, tagged({"t"}), {}, now_, soon())); });
  EXPECT_EQ(store().find(record.image_id, soon())->version, 9);
}

}  // namespace
}  // namespace tintype::testing_support
