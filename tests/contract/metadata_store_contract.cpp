// What every MetadataStore must do. An adapter registers a factory below and runs all of it.
#include "ports/metadata_store.h"

#include <gmock/gmock.h>

#include <random>

#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "tests/support/record_maker.h"
#include "tests/support/temp_directory.h"

namespace tintype::testing_support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A store and what it needs to live.
class MetadataStoreUnderTest {
 public:
  virtual ~MetadataStoreUnderTest() = default;
  virtual MetadataStore& store() = 0;
};

struct Adapter {
  std::string name;
  std::function<std::unique_ptr<MetadataStoreUnderTest>()> make;  // a new, empty store

  friend std::ostream& operator<<(std::ostream& out, const Adapter& adapter) { return out << adapter.name; }
};

class SqliteUnderTest final : public MetadataStoreUnderTest {
 public:
  MetadataStore& store() override { return *store_; }

 private:
  TempDirectory directory_;
  std::unique_ptr<SqliteMetadataStore> store_ = SqliteMetadataStore::open(directory_.path() / "metadata.db").value();
};

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}
Deadline past() {
  return Deadline::after(std::chrono::seconds(-1));
}

template <typename Value>
std::optional<ErrorCode> code_of(const Result<Value>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

std::vector<std::string> ids_of(const std::vector<ImageRecord>& records) {
  std::vector<std::string> ids;
  for (const ImageRecord& record : records) ids.push_back(record.image_id.text());
  return ids;
}

bool matches(const ListQuery& filter, const ImageRecord& record) {
  return (!filter.album_id || record.text.album_id == filter.album_id) &&
         (!filter.tag || std::ranges::count(record.text.tags, *filter.tag) > 0);
}

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

void run_at_once(int threads, const std::function<void(int)>& body) {
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back(body, i);
  for (std::thread& thread : running) thread.join();
}

class MetadataStoreContract : public testing::TestWithParam<Adapter> {
 protected:
  MetadataStore& store() { return under_test_->store(); }

  ImageRecord inserted(ImageRecord record) {
    EXPECT_EQ(code_of(store().insert(record, soon())), std::nullopt);
    return record;
  }
  std::string described(const ImageId& id) {
    const auto found = store().find(id, soon());
    return found ? describe(*found) : to_string(found.error());
  }
  ListPage list(const ListQuery& query) { return store().list(query, soon()).value(); }
  // All pages of `query`, read with its limit; no test has so many images that they would not fit the bound.
  std::vector<std::string> ids_of_all(ListQuery query) {
    std::vector<std::string> ids;
    do {
      const ListPage page = list(query);
      EXPECT_LE(page.images.size(), static_cast<std::size_t>(query.limit));
      EXPECT_TRUE(!page.next || !page.images.empty());
      for (const ImageRecord& record : page.images) ids.push_back(record.image_id.text());
      query.after = page.next;
    } while (query.after && ids.size() < 1000);
    return ids;
  }
  std::vector<Deletion> pending(int limit = 100, std::optional<ImageId> after = {}) {
    return store().pending_deletions(limit, after, soon()).value();
  }

  RecordMaker maker_{"ann"};
  const UnixTime now_{std::chrono::milliseconds(1'790'000'000'123)};

 private:
  const std::unique_ptr<MetadataStoreUnderTest> under_test_ = GetParam().make();
};

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

TEST_P(MetadataStoreContract, InsertOfExistingIdReturnsInternalAndChangesNothing) {
  const ImageRecord first = inserted(maker_.next());
  ImageRecord second = maker_.next_tagged({"other"});
  second.image_id = first.image_id;
  EXPECT_EQ(code_of(store().insert(second, soon())), ErrorCode::Internal);
  EXPECT_EQ(described(first.image_id), describe(first));
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "other"}), IsEmpty());
}

TEST_P(MetadataStoreContract, ListReturnsWholeRecords) {
  const ImageRecord record = inserted(maker_.next_full());
  const ListPage page = list({.user = maker_.owner(), .tag = record.text.tags[1]});
  ASSERT_EQ(page.images.size(), 1u);
  EXPECT_EQ(describe(page.images[0]), describe(record));
}

TEST_P(MetadataStoreContract, ListOfUserWithoutImagesIsAnEmptyLastPage) {
  inserted(maker_.next());
  const ListPage page = list({.user = user("ann2")});
  EXPECT_THAT(page.images, IsEmpty());
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_P(MetadataStoreContract, EveryFilterOrderAndLimitPagesThroughExactlyTheMatchingImages) {
  std::mt19937 random(7);
  std::vector<ImageRecord> records;
  for (int i = 0; i < 60; ++i) {
    ImageRecord record = maker_.next();
    if (random() % 3 != 0) record.text.album_id = random() % 2 ? "a" : "b";
    if (random() % 3 != 0) record.text.tags = {"red"};
    if (random() % 2 != 0) record.text.tags.emplace_back("blue");
    record.uploaded_at = now_ + std::chrono::milliseconds(random() % 20);  // many ties
    records.push_back(record);
  }
  for (const ImageRecord& record : records) inserted(record);
  RecordMaker bob("bob");
  for (int i = 0; i < 5; ++i) inserted(bob.next_in("a", {"red"}));

  std::ranges::sort(records, {}, [](const ImageRecord& r) { return std::tuple(r.uploaded_at, r.image_id); });
  const UserId ann = maker_.owner();
  const std::vector<ListQuery> filters = {{.user = ann},
                                          {.user = ann, .album_id = "a"},
                                          {.user = ann, .album_id = "none"},
                                          {.user = ann, .tag = "red"},
                                          {.user = ann, .tag = "none"},
                                          {.user = ann, .album_id = "a", .tag = "red"},
                                          {.user = ann, .album_id = "b", .tag = "blue"}};
  for (const SortOrder order : {SortOrder::OldestFirst, SortOrder::NewestFirst}) {
    for (const ListQuery& filter : filters) {
      std::vector<ImageRecord> matching;
      std::ranges::copy_if(records, std::back_inserter(matching),
                           [&](const ImageRecord& r) { return matches(filter, r); });
      for (const int limit : {1, 3, 100}) {
        ListQuery query = filter;
        query.order = order;
        query.limit = limit;
        EXPECT_EQ(ids_of_all(query), ids_of(matching)) << testing::PrintToString(filter.album_id) << " " << limit;
      }
    }
    std::ranges::reverse(records);
  }
}

TEST_P(MetadataStoreContract, PageThatEndsTheListingHasNoNext) {
  for (int i = 0; i < 100; ++i) inserted(maker_.next());
  EXPECT_EQ(list({.user = maker_.owner(), .limit = 100}).next, std::nullopt);
  const ListPage first = list({.user = maker_.owner(), .limit = 99});
  EXPECT_EQ(first.images.size(), 99u);
  ASSERT_NE(first.next, std::nullopt);
  EXPECT_EQ(list({.user = maker_.owner(), .limit = 99, .after = first.next}).images.size(), 1u);
}

TEST_P(MetadataStoreContract, ImagesAddedAndRemovedWhilePagingMoveNoOther) {
  std::vector<ImageRecord> r;
  for (int i = 0; i < 7; ++i) r.push_back(maker_.next_in("a", {"t"}));
  for (const int i : {0, 1, 2, 4, 5, 6}) inserted(r[static_cast<std::size_t>(i)]);
  for (const ListQuery& query : std::vector<ListQuery>{{.user = maker_.owner(), .limit = 2},
                                                       {.user = maker_.owner(), .album_id = "a", .limit = 2},
                                                       {.user = maker_.owner(), .tag = "t", .limit = 2}}) {
    EXPECT_EQ(ids_of(list(query).images), ids_of({r[6], r[5]}));
  }
  const ListPage first = list({.user = maker_.owner(), .limit = 2});
  ASSERT_TRUE(store().begin_deletion(r[6].image_id, now_, soon()));  // seen
  ASSERT_TRUE(store().begin_deletion(r[5].image_id, now_, soon()));  // the place itself
  ASSERT_TRUE(store().begin_deletion(r[1].image_id, now_, soon()));  // not seen yet
  inserted(r[3]);                                                    // behind the place
  inserted(maker_.next());                                           // before it
  EXPECT_EQ(ids_of_all({.user = maker_.owner(), .limit = 2, .after = first.next}), ids_of({r[4], r[3], r[2], r[0]}));
}

TEST_P(MetadataStoreContract, TagAndAlbumMatchByteForByte) {
  const ImageRecord record = inserted(maker_.next_in("Album", {"Straße%"}));
  EXPECT_EQ(ids_of_all({.user = maker_.owner(), .album_id = "Album", .tag = "Straße%"}), ids_of({record}));
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "straße%"}), IsEmpty());
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .tag = "Straße"}), IsEmpty());
  EXPECT_THAT(ids_of_all({.user = maker_.owner(), .album_id = "album"}), IsEmpty());
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

TEST_P(MetadataStoreContract, ExpiredDeadlineReturnsDeadlineExceededAndNothingHappens) {
  const ImageRecord record = inserted(maker_.next());
  const ImageRecord absent = maker_.next();
  const auto kExceeded = std::optional(ErrorCode::DeadlineExceeded);
  EXPECT_EQ(code_of(store().insert(absent, past())), kExceeded);
  EXPECT_EQ(code_of(store().update_text(record.image_id, titled("late"), {}, now_, past())), kExceeded);
  EXPECT_EQ(code_of(store().begin_deletion(record.image_id, now_, past())), kExceeded);
  EXPECT_EQ(code_of(store().finish_deletion(record.image_id, past())), kExceeded);
  EXPECT_EQ(code_of(store().find(record.image_id, past())), kExceeded);
  EXPECT_EQ(code_of(store().list({.user = maker_.owner()}, past())), kExceeded);
  EXPECT_EQ(code_of(store().pending_deletions(1, {}, past())), kExceeded);
  EXPECT_EQ(code_of(store().check(past())), kExceeded);
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

INSTANTIATE_TEST_SUITE_P(Adapters, MetadataStoreContract,
                         testing::Values(Adapter{"sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tintype::testing_support
