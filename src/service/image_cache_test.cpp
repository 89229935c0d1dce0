#include "service/image_cache.h"

#include <gmock/gmock.h>

#include <future>

#include "service/cache_keys.h"
#include "service/delete_image.h"
#include "service/update_image.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using Kind = CachedAnswer::Kind;

class ImageCacheTest : public ServiceFixture {
 protected:
  ImageRecord stored(std::string_view owner = "ann") {
    ImageRecord record = RecordMaker(owner).next_full();
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }
  // As a request does it.
  Result<CachedAnswer> read(const UserId& user, const ImageId& id) {
    if (auto answer = image_cache_.image_at_once(user, id)) return std::move(*answer);
    return image_cache_.image(user, id, soon());
  }
  std::string read_list(const UserId& user) {
    const ListQuery query{.user = user};
    if (const auto answer = image_cache_.list_at_once(query)) return std::string(answer->body());
    const auto answer = image_cache_.list(query, soon());
    return answer ? std::string(answer->body()) : "(failed)";
  }
  std::string title(const ImageRecord& record) {
    const auto answer = read(record.user_id, record.image_id);
    return answer ? std::string(answer->body()) : "(failed)";
  }
  Result<ImageRecord> rename(const ImageRecord& record, const std::string& title) {
    return update_.run(record.user_id, record.image_id, {.title = title}, soon());
  }

  GetImage get_{metadata_};
  UpdateImage update_{get_, metadata_, image_cache_, clock_};
  DeleteImage remove_{metadata_, finish_, image_cache_, bus_, clock_};
};

TEST_F(ImageCacheTest, SecondReadAsksNoStore) {
  const ImageRecord record = stored();
  const auto first = read(record.user_id, record.image_id);
  ASSERT_TRUE(first);
  const std::size_t finds = metadata_.calls(MetadataOperation::Find);
  const auto second = read(record.user_id, record.image_id);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->body(), first->body());
  EXPECT_EQ(second->version(), record.version);
  EXPECT_EQ(metadata_.calls(MetadataOperation::Find), finds);
}

TEST_F(ImageCacheTest, SecondListAsksNoStore) {
  stored();
  const std::string first = read_list(user("ann"));
  EXPECT_EQ(read_list(user("ann")), first);
  EXPECT_EQ(metadata_.calls(MetadataOperation::List), 1U);
}

TEST_F(ImageCacheTest, CachedImageOfSomebodyElseIsStillNotToBeSeen) {
  const ImageRecord record = stored("ann");
  ASSERT_TRUE(read(user("ann"), record.image_id));
  const auto other = read(user("bob"), record.image_id);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::NotAuthorized);
}

TEST_F(ImageCacheTest, AbsenceIsRememberedUntilTheImageComes) {
  const ImageRecord record = RecordMaker("ann").next_full();
  EXPECT_EQ(read(user("ann"), record.image_id).error().code, ErrorCode::NotFound);
  EXPECT_EQ(read(user("ann"), record.image_id).error().code, ErrorCode::NotFound);
  EXPECT_EQ(metadata_.calls(MetadataOperation::Find), 1U);
  {
    const auto write = image_cache_.write(record.user_id, record.image_id);
    ASSERT_TRUE(add_record(metadata_, record));
  }
  EXPECT_TRUE(read(user("ann"), record.image_id));
}

TEST_F(ImageCacheTest, WriteIsSeenByTheNextReadOfTheImageAndOfItsOwnersLists) {
  const ImageRecord record = stored();
  const std::string before = read_list(record.user_id);
  ASSERT_THAT(title(record), testing::Not(testing::HasSubstr("new title")));
  ASSERT_TRUE(rename(record, "new title"));
  EXPECT_THAT(title(record), testing::HasSubstr("new title"));
  EXPECT_THAT(read_list(record.user_id), testing::HasSubstr("new title"));
}

TEST_F(ImageCacheTest, WriteLeavesTheImagesAndListsOfOthers) {
  const ImageRecord ann = stored("ann");
  const ImageRecord bob = stored("bob");
  read_list(user("bob"));
  ASSERT_TRUE(read(user("bob"), bob.image_id));
  ASSERT_TRUE(rename(ann, "new title"));
  EXPECT_TRUE(image_cache_.image_at_once(user("bob"), bob.image_id));
  EXPECT_TRUE(image_cache_.list_at_once({.user = user("bob")}));
}

TEST_F(ImageCacheTest, DeletedImageIsGoneFromTheCache) {
  const ImageRecord record = stored();
  ASSERT_TRUE(read(record.user_id, record.image_id));
  ASSERT_TRUE(remove_.run(record.user_id, record.image_id, soon()));
  EXPECT_EQ(read(record.user_id, record.image_id).error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_list(record.user_id), "");
}

TEST_F(ImageCacheTest, WriteWhoseAnswerWasLostIsSeenAsWell) {
  const ImageRecord record = stored();
  ASSERT_TRUE(read(record.user_id, record.image_id));
  metadata_.fail_next(MetadataOperation::UpdateText, FaultTime::After);
  ASSERT_FALSE(rename(record, "new title"));
  EXPECT_THAT(title(record), testing::HasSubstr("new title"));
}

// The reader has loaded the old record, and keeps it after the write has ended.
TEST_F(ImageCacheTest, LoadThatBeganBeforeAWriteIsNotKept) {
  const ImageRecord record = stored();
  std::atomic<bool> first{true};
  metadata_.set_hook(MetadataOperation::Find, FaultTime::After, [&](std::string_view) {
    if (first.exchange(false)) EXPECT_TRUE(rename(record, "new title"));
    return std::optional<Error>();
  });
  EXPECT_THAT(title(record), testing::Not(testing::HasSubstr("new title"))) << "what it had loaded, before the answer";
  EXPECT_THAT(title(record), testing::HasSubstr("new title"));
}

TEST_F(ImageCacheTest, FailureOfTheStoreIsNotKept) {
  const ImageRecord record = stored();
  metadata_.fail_next(MetadataOperation::Find, FaultTime::Before);
  EXPECT_EQ(read(record.user_id, record.image_id).error().code, ErrorCode::StoreUnavailable);
  EXPECT_TRUE(read(record.user_id, record.image_id));
}

TEST_F(ImageCacheTest, WhatAnotherVariantHasRenderedIsAMiss) {
  const ImageRecord record = stored();
  ASSERT_TRUE(read(record.user_id, record.image_id));
  renderer_.set_variant("other");
  EXPECT_FALSE(image_cache_.image_at_once(record.user_id, record.image_id));
}

TEST_F(ImageCacheTest, ReadersAtOnceLoadTwiceAtMost) {
  const ImageRecord record = stored();
  std::atomic<int> waiting{0};
  metadata_.set_hook(MetadataOperation::Find, FaultTime::Before, [&](std::string_view) {
    while (waiting < 8) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // for the last to have come where they wait
    return std::optional<Error>();
  });
  std::vector<std::future<bool>> readers;
  for (int i = 0; i < 8; ++i) {
    readers.push_back(std::async(std::launch::async, [&] {
      ++waiting;
      return image_cache_.image(record.user_id, record.image_id, soon()).has_value();
    }));
  }
  for (auto& reader : readers) EXPECT_TRUE(reader.get());
  EXPECT_LE(metadata_.calls(MetadataOperation::Find), 2U);
}

TEST(CachedAnswer, DecodesWhatItEncodes) {
  const auto bytes =
      std::make_shared<const std::string>(CachedAnswer::encode(Kind::Image, "abc", 12, "ann smith", "{\"a\":\n1}"));
  const auto answer = CachedAnswer::decode(bytes, "abc");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind(), Kind::Image);
  EXPECT_EQ(answer->version(), 12);
  EXPECT_EQ(answer->owner(), "ann smith");
  EXPECT_EQ(answer->body(), "{\"a\":\n1}");
}

TEST(CachedAnswer, AnythingElseIsNone) {
  for (const std::string text : {"", "1", "1I", "1Iabc", "1Iabc 1", "1Iabc 1 ann", "1Iabc x ann\n", "2Iabc 1 ann\n",
                                 "1Xabc 1 ann\n", "1Iabd 1 ann\n", "1Iabc \nann", "1Iabcd 1 ann\n"}) {
    EXPECT_FALSE(CachedAnswer::decode(std::make_shared<const std::string>(text), "abc")) << text;
  }
  EXPECT_FALSE(CachedAnswer::decode(nullptr, "abc"));
}

// Found by cached_answer_fuzz.
TEST(CachedAnswer, VersionThatIsTooLargeIsNone) {
  const auto with = [](const char* version) {
    return CachedAnswer::decode(std::make_shared<const std::string>(std::string("1Iabc ") + version + " ann\n"), "abc");
  };
  EXPECT_TRUE(with("9223372036854775807"));
  EXPECT_FALSE(with("9223372036854775808"));
}

TEST(CacheKeys, DifferentQueriesHaveDifferentKeys) {
  const ListQuery plain{.user = user("ann")};
  std::set<std::string> keys = {list_cache_key(plain).text};
  const auto add = [&](ListQuery query) { EXPECT_TRUE(keys.insert(list_cache_key(query).text).second); };
  add({.user = user("bob")});
  add({.user = user("ann"), .order = SortOrder::OldestFirst});
  add({.user = user("ann"), .limit = 21});
  add({.user = user("ann"), .album_id = "a"});
  add({.user = user("ann"), .tag = "a"});
  add({.user = user("ann"), .album_id = "a", .tag = "b"});
  add({.user = user("ann"), .album_id = "a1:b", .tag = ""});
  const ImageId id = RecordMaker().next_id();
  add({.user = user("ann"), .after = ListPosition{UnixTime(), id}});
  EXPECT_EQ(list_cache_key(plain).text, "gallery:images:user:ann:desc:20");
  EXPECT_EQ(image_cache_key(id).text, "image:" + id.text());
}

TEST(CacheKeys, UserIdCannotReachIntoAnothersPattern) {
  EXPECT_EQ(pattern_of_tag(tags_of_write(user("a*b:c"), RecordMaker().next_id())[1]),
            "gallery:images:user:a.2Ab.3Ac:*");
}

}  // namespace
}  // namespace tintype
