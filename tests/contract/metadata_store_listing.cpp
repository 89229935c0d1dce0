// What every MetadataStore must do when it lists (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using testing::IsEmpty;

bool matches(const ListQuery& filter, const ImageRecord& record) {
  return (!filter.album_id || record.text.album_id == filter.album_id) &&
         (!filter.tag || std::ranges::count(record.text.tags, *filter.tag) > 0);
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
  r.reserve(7);
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

}  // namespace
}  // namespace tintype::testing_support
