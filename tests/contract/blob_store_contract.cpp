// What every BlobStore must do, sentence by sentence of ports/blob_store.h. An adapter adds a factory in
// blob_store_adapters.cpp and runs all of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/contract/blob_store_contract.h"

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

BlobMeta meta_of(const std::string& writer) {
  return {"image/webp", "public", {{"writer", writer}}};
}

TEST_P(BlobStoreContract, PutThenOpenGivesBackTheBytes) {
  const std::string body("GIF89a\0\xff\n\r", 10);
  ASSERT_TRUE(put("images/ann/1.webp", body));
  EXPECT_EQ(get("images/ann/1.webp"), body);
}

TEST_P(BlobStoreContract, PutOfNothingIsAnEmptyBlob) {
  ASSERT_TRUE(put("empty", "", meta_of("nobody")));
  auto blob = store_->open("empty", soon());
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->bytes->size(), 0u);
  EXPECT_EQ(blob->meta, meta_of("nobody"));
  EXPECT_EQ(text_of(*blob), "");
}

TEST_P(BlobStoreContract, LargeBlobComesBackWhole) {
  std::string body(30'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>(i / 997);
  ASSERT_TRUE(put("large", body));
  EXPECT_TRUE(get("large") == body);  // EXPECT_EQ would print 60 MB
}

TEST_P(BlobStoreContract, MetaComesBackWithTheBytes) {
  const BlobMeta meta{
      "image/webp; q=\"1\"", "public, max-age=31536000, immutable", {{"a", ""}, {"sha-256", "00:ff,="}}};
  ASSERT_TRUE(put("k", "body", meta));
  EXPECT_EQ(store_->open("k", soon())->meta, meta);
}

TEST_P(BlobStoreContract, OpenAtOnceGivesWhatOpenGivesOrNothing) {
  ASSERT_TRUE(put("k", "body", meta_of("ann")));
  if (auto blob = store_->open_at_once("k")) {
    EXPECT_EQ(blob->meta, meta_of("ann"));
    EXPECT_EQ(text_of(*blob), "body");
  }
  EXPECT_FALSE(store_->open_at_once("missing"));
  EXPECT_FALSE(store_->open_at_once("../k"));
  ASSERT_TRUE(store_->remove("k", soon()));
  EXPECT_FALSE(store_->open_at_once("k"));
}

TEST_P(BlobStoreContract, DefaultMetaComesBack) {
  ASSERT_TRUE(put("k", "body"));
  EXPECT_EQ(store_->open("k", soon())->meta, BlobMeta{});
}

TEST_P(BlobStoreContract, LargestUserMetaComesBack) {
  const BlobMeta meta{"image/webp", "", {{"note", std::string(2044, 'm')}}};
  ASSERT_TRUE(put("k", "body", meta));
  EXPECT_EQ(store_->open("k", soon())->meta, meta);
}

TEST_P(BlobStoreContract, OpenOfMissingKeyIsNotFound) {
  ASSERT_TRUE(put("a/b/c", "body"));
  EXPECT_EQ(get("a/b/d"), "IMAGE_NOT_FOUND");
  EXPECT_EQ(get("other/b/c"), "IMAGE_NOT_FOUND");
  EXPECT_EQ(get("a/b/c/d"), "IMAGE_NOT_FOUND");  // below a blob
  EXPECT_EQ(get("a/b"), "IMAGE_NOT_FOUND");      // above one
}

TEST_P(BlobStoreContract, PutOfAnExistingKeyIsAlreadyExistsAndChangesNothing) {
  ASSERT_TRUE(put("a/k", "first", meta_of("first")));
  for (const char* body : {"second", "first"}) {
    const auto again = put("a/k", body);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
  }
  EXPECT_EQ(get("a/k"), "first");
  EXPECT_EQ(store_->open("a/k", soon())->meta, meta_of("first"));
  EXPECT_THAT(keys(), ElementsAre("a/k"));
}

TEST_P(BlobStoreContract, StatTellsWhatListTells) {
  ASSERT_TRUE(put("a/k", "0123456789", meta_of("first")));
  std::vector<BlobEntry> listed;
  ASSERT_TRUE(store_->list("", [&](const BlobEntry& entry) { return listed.push_back(entry), true; }, soon()));
  const auto found = store_->stat("a/k", soon());
  ASSERT_TRUE(found);
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(found->key, listed[0].key);
  EXPECT_EQ(found->size, 10u);
  EXPECT_EQ(found->modified, listed[0].modified);
}

TEST_P(BlobStoreContract, StatOfMissingKeyIsNotFound) {
  ASSERT_TRUE(put("a/k", "body"));
  for (const char* key : {"a/other", "a", "a/k/below"}) {
    EXPECT_EQ(store_->stat(key, soon()).error().code, ErrorCode::NotFound) << key;
  }
}

TEST_P(BlobStoreContract, UrlGivesTheBlobToAnyone) {
  ASSERT_TRUE(put("images/ann/1.webp", "body", meta_of("ann")));
  const auto url = store_->url("images/ann/1.webp", UrlUse::Get, std::chrono::seconds(60), soon());
  ASSERT_TRUE(url) << to_string(url.error());
  ASSERT_EQ(url->has_value(), GetParam().fetch != nullptr);
  if (!*url) return;
  EXPECT_EQ((*url)->lifetime, std::chrono::seconds(60));
  const auto fetched = GetParam().fetch("GET", (*url)->text);
  EXPECT_EQ(fetched.status, 200) << fetched.body;
  EXPECT_EQ(fetched.body, "body");
  EXPECT_EQ(fetched.content_type, "image/webp");
}

TEST_P(BlobStoreContract, UrlForHeadIsForHead) {
  if (!GetParam().fetch) return;  // it has no URLs, as the test above has seen
  ASSERT_TRUE(put("k", "body", meta_of("ann")));
  const auto url = store_->url("k", UrlUse::Head, std::chrono::seconds(60), soon());
  ASSERT_TRUE(url && *url);
  const auto fetched = GetParam().fetch("HEAD", (*url)->text);
  EXPECT_EQ(fetched.status, 200);
  EXPECT_EQ(fetched.content_type, "image/webp");
}

TEST_P(BlobStoreContract, UrlOfAMissingKeyIsAnErrorForItsUser) {
  if (!GetParam().fetch) return;  // it has no URLs, as the test above has seen
  const auto url = store_->url("missing", UrlUse::Get, std::chrono::seconds(60), soon());
  ASSERT_TRUE(url && *url);
  EXPECT_EQ(GetParam().fetch("GET", (*url)->text).status, 404);
}

TEST_P(BlobStoreContract, RemoveUnfinishedLeavesTheBlobs) {
  ASSERT_TRUE(put("a/k", "body"));
  EXPECT_EQ(store_->remove_unfinished(UnixTime::max(), soon()).value(), 0);
  EXPECT_EQ(get("a/k"), "body");
}

TEST_P(BlobStoreContract, ReadAtReadsAnyPartAndNothingPastTheEnd) {
  ASSERT_TRUE(put("k", "0123456789", meta_of("a")));
  auto blob = store_->open("k", soon());
  ASSERT_TRUE(blob);
  std::array<std::byte, 4> buffer{};
  EXPECT_EQ(blob->bytes->size(), 10u);
  EXPECT_EQ(blob->bytes->read_at(3, buffer, soon()).value(), 4u);
  EXPECT_EQ(as_text(buffer), "3456");
  EXPECT_EQ(blob->bytes->read_at(8, buffer, soon()).value(), 2u);
  EXPECT_EQ(blob->bytes->read_at(10, buffer, soon()).value(), 0u);
}

TEST_P(BlobStoreContract, OpenedBytesStayAfterTheKeyIsRemoved) {
  ASSERT_TRUE(put("k", "first"));
  auto blob = store_->open("k", soon());
  ASSERT_TRUE(store_->remove("k", soon()));
  ASSERT_TRUE(put("k", "second"));
  EXPECT_EQ(text_of(*blob), "first");
}

TEST_P(BlobStoreContract, RemovedBlobIsNotFoundAndNotListed) {
  ASSERT_TRUE(put("a/1", "body", meta_of("first")));
  ASSERT_TRUE(put("a/2", "body"));
  ASSERT_TRUE(store_->remove("a/1", soon()));
  EXPECT_EQ(get("a/1"), "IMAGE_NOT_FOUND");
  EXPECT_THAT(keys(), ElementsAre("a/2"));
}

TEST_P(BlobStoreContract, RemovingMissingKeySucceeds) {
  ASSERT_TRUE(put("a/b", "body"));
  EXPECT_TRUE(store_->remove("nothing", soon()));
  EXPECT_TRUE(store_->remove("no/such/directory", soon()));
  EXPECT_TRUE(store_->remove("a", soon()));
  EXPECT_TRUE(store_->remove("a/b/c", soon()));
  EXPECT_EQ(get("a/b"), "body");
}

TEST_P(BlobStoreContract, RemoveAllRemovesWhatItNamesAndNothingElse) {
  std::vector<std::string> named;
  for (int i = 0; i < 1100; ++i) named.push_back("missing/" + std::to_string(i));
  for (const char* key : {"a/1", "a/2", "b"}) {
    ASSERT_TRUE(put(key, "body"));
    named.insert(named.begin() + static_cast<std::ptrdiff_t>(named.size() / 2), key);
  }
  named.emplace_back("z");
  ASSERT_TRUE(put("z", "body"));
  ASSERT_TRUE(put("a/10", "body"));
  const auto removed = store_->remove_all(named, soon());
  EXPECT_TRUE(removed) << to_string(removed.error());
  EXPECT_THAT(keys(), ElementsAre("a/10"));
  EXPECT_TRUE(store_->remove_all(named, soon()));
}

TEST_P(BlobStoreContract, RemoveAllOfNothingSucceeds) {
  ASSERT_TRUE(put("k", "body"));
  EXPECT_TRUE(store_->remove_all({}, soon()));
  EXPECT_THAT(keys(), ElementsAre("k"));
}

TEST_P(BlobStoreContract, PutAfterRemoveIsANewBlob) {
  ASSERT_TRUE(put("a/k", "first", meta_of("first")));
  ASSERT_TRUE(store_->remove("a/k", soon()));
  ASSERT_TRUE(put("a/k", "second"));
  EXPECT_EQ(get("a/k"), "second");
  EXPECT_EQ(store_->open("a/k", soon())->meta, BlobMeta{});
}

TEST_P(BlobStoreContract, ListOfEmptyStoreVisitsNothing) {
  EXPECT_TRUE(keys().empty());
}

TEST_P(BlobStoreContract, ListTakesThePrefixAsAPlainString) {
  const std::vector<std::string> all = {"images/user1/a.webp", "images/user1/thumbnails/a.webp", "images/user10/x",
                                        "images2/y", "image"};
  for (const auto& key : all) ASSERT_TRUE(put(key, "body"));
  for (const std::string_view prefix : {"",
                                        "i",
                                        "image",
                                        "images",
                                        "images/",
                                        "images/user1",
                                        "images/user1/",
                                        "images/user1/t",
                                        "images/user1/thumbnails/",
                                        "images/user1/a.webp",
                                        "images/user1/a.webp/",
                                        "images/user2",
                                        "images//",
                                        "/",
                                        "/images",
                                        "../",
                                        "images/../images/",
                                        "images/user1/./",
                                        "Images",
                                        "*"}) {
    std::vector<std::string> expected;
    std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                 [&](const auto& key) { return key.starts_with(prefix); });
    EXPECT_THAT(keys(prefix), UnorderedElementsAreArray(expected)) << prefix;
  }
}

TEST_P(BlobStoreContract, ListTellsSizeAndTime) {
  const auto before = std::chrono::system_clock::now() - std::chrono::seconds(2);  // coarse file system clocks
  ASSERT_TRUE(put("a/k", "0123456789", meta_of("a")));
  ASSERT_TRUE(store_->list(
      "",
      [&](const BlobEntry& entry) {
        EXPECT_EQ(entry.key, "a/k");
        EXPECT_EQ(entry.size, 10u);
        EXPECT_GE(entry.modified, before);
        EXPECT_LE(entry.modified, std::chrono::system_clock::now() + std::chrono::seconds(2));
        return true;
      },
      soon()));
}

TEST_P(BlobStoreContract, ListVisitsEveryBlobOnce) {
  std::vector<std::string> all;
  for (int i = 0; i < 60; ++i) all.push_back("d" + std::to_string(i % 7) + "/k" + std::to_string(i));
  for (const auto& key : all) ASSERT_TRUE(put(key, "body"));
  EXPECT_THAT(keys(), UnorderedElementsAreArray(all));
}

TEST_P(BlobStoreContract, ListStopsWhenTheVisitorHasEnough) {
  for (const char* key : {"a/1", "a/2", "b/1", "c"}) ASSERT_TRUE(put(key, "body"));
  int visits = 0;
  EXPECT_TRUE(store_->list("", [&](const BlobEntry&) { return ++visits < 2; }, soon()));
  EXPECT_EQ(visits, 2);
}

TEST_P(BlobStoreContract, ListVisitorMayRemoveWhatItSees) {
  for (const char* key : {"a/1", "a/2", "b/1", "c"}) ASSERT_TRUE(put(key, "body"));
  EXPECT_TRUE(
      store_->list("", [&](const BlobEntry& entry) { return store_->remove(entry.key, soon()).has_value(); }, soon()));
  EXPECT_TRUE(keys().empty());
}

TEST_P(BlobStoreContract, InvalidKeysAreRefused) {
  for (const std::string& key :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."), std::string("../a"),
        std::string("a/../../b"), std::string("a b"), std::string("a\0b", 3), std::string("\xC3\xA9"),
        std::string(256, 'a'), std::string(1025, 'a')}) {
    EXPECT_EQ(put(key, "body").error().code, ErrorCode::ValidationFailed) << key;
    EXPECT_EQ(store_->open(key, soon()).error().code, ErrorCode::ValidationFailed) << key;
    EXPECT_EQ(store_->remove(key, soon()).error().code, ErrorCode::ValidationFailed) << key;
    EXPECT_EQ(store_->remove_all({&key, 1}, soon()).error().code, ErrorCode::ValidationFailed) << key;
    EXPECT_EQ(store_->url(key, UrlUse::Get, std::chrono::seconds(1), soon()).error().code, ErrorCode::ValidationFailed);
  }
  EXPECT_TRUE(keys().empty());
}

TEST_P(BlobStoreContract, LongestKeyIsAKeyLikeAnyOther) {
  const std::string part(255, 'k');
  const std::string key = "1/" + part + "/" + part + "/" + part + "/" + std::string(254, 'k');
  ASSERT_EQ(key.size(), 1024u);
  ASSERT_TRUE(put(key, "body", meta_of("a")));
  ASSERT_TRUE(put(part, "other", meta_of("b")));
  EXPECT_EQ(get(key), "body");
  EXPECT_THAT(keys("1/"), ElementsAre(key));
  EXPECT_TRUE(store_->remove(key, soon()));
}

TEST_P(BlobStoreContract, PassedDeadlineIsDeadlineExceededAndNothingIsStored) {
  ASSERT_TRUE(put("k", "old"));
  const auto ignore = [](const BlobEntry&) { return true; };
  EXPECT_EQ(store_->put("k", as_bytes("new"), {}, passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(store_->open("k", passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(store_->remove("k", passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(store_->remove_all(std::vector<std::string>{"k"}, passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(store_->url("k", UrlUse::Get, std::chrono::seconds(1), passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(store_->list("", ignore, passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(store_->check(passed()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(get("k"), "old");
}

TEST_P(BlobStoreContract, CheckSucceedsAndStoresNothing) {
  EXPECT_TRUE(store_->check(soon()));
  EXPECT_TRUE(keys().empty());
}

TEST_P(BlobStoreContract, ReadersBesideAPutSeeAllOfItOrNothing) {
  const std::string body = std::string(200'000, 'x') + "end";
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(put("k", body, meta_of("a")));
      EXPECT_TRUE(store_->remove("k", soon()));
    }
    done = true;
  });
  do {
    auto blob = store_->open("k", soon());
    if (!blob) EXPECT_EQ(blob.error().code, ErrorCode::NotFound);
    if (blob) EXPECT_TRUE(text_of(*blob) == body && blob->meta == meta_of("a"));
  } while (!done);
}

TEST_P(BlobStoreContract, OfConcurrentPutsOfOneKeyOneSucceedsAndItsBytesAreThere) {
  if (!GetParam().keeps_concurrent_puts_apart) GTEST_SKIP() << "its header says so";
  const auto body = [](const std::string& writer) { return writer + std::string(100'000, writer[0]); };
  std::atomic<int> succeeded = 0;
  std::string winner;
  {
    std::vector<std::jthread> writers;
    for (const std::string writer : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
      writers.emplace_back([&, writer] {
        const auto outcome = put("new/directory/k", body(writer), meta_of(writer));
        if (outcome && succeeded++ == 0) winner = writer;
        if (!outcome) EXPECT_EQ(outcome.error().code, ErrorCode::AlreadyExists);
      });
    }
  }
  EXPECT_EQ(succeeded, 1);
  auto blob = store_->open("new/directory/k", soon());
  ASSERT_TRUE(blob);
  EXPECT_TRUE(text_of(*blob) == body(winner));
  EXPECT_EQ(blob->meta, meta_of(winner));
  EXPECT_THAT(keys(), ElementsAre("new/directory/k"));
}

}  // namespace
}  // namespace tintype
