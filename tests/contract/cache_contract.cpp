#include "tests/contract/cache_contract.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <thread>

namespace tintype::testing_support {

using namespace std::chrono_literals;

std::string CacheContract::read(Cache& cache, const CacheKey& key) {
  CachedBytes found = cache.get_at_once(key);
  if (found == nullptr) found = cache.get(key, soon());
  return found == nullptr ? "" : *found;
}

bool CacheContract::fill(Cache& cache, const CacheKey& key, std::string text, std::chrono::milliseconds ttl) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const CacheFill fill = cache.begin_fill(key, soon());
    if (cache.put(fill, bytes(text), ttl, soon())) return true;
  }
  return false;
}

namespace {

TEST_P(CacheContract, EmptyCacheHasNothing) {
  EXPECT_EQ(read(cache_, image_key("1")), "");
  EXPECT_EQ(read(cache_, page_key("ann")), "");
}

TEST_P(CacheContract, GivesWhatWasPut) {
  const std::string binary = {'V', '\0', '\r', '\n', '\xff'};
  ASSERT_TRUE(fill(cache_, image_key("1"), binary));
  ASSERT_TRUE(fill(cache_, page_key("ann"), "a page"));
  EXPECT_EQ(read(cache_, image_key("1")), binary);
  EXPECT_EQ(read(cache_, page_key("ann")), "a page");
}

TEST_P(CacheContract, LaterPutReplaces) {
  ASSERT_TRUE(fill(cache_, page_key("ann"), "old"));
  ASSERT_TRUE(fill(cache_, page_key("ann"), "new"));
  EXPECT_EQ(read(cache_, page_key("ann")), "new");
}

TEST_P(CacheContract, GetManyGivesOneForEachKeyInTheirOrder) {
  ASSERT_TRUE(fill(cache_, image_key("1"), "one"));
  ASSERT_TRUE(fill(cache_, page_key("ann"), "page"));
  const std::vector<CacheKey> keys = {image_key("0"), page_key("ann"), image_key("1"), page_key("bob")};
  const auto values = cache_.get_many(keys, soon());
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[0], nullptr);
  EXPECT_EQ(values[3], nullptr);
  ASSERT_NE(values[1], nullptr);
  EXPECT_EQ(*values[1], "page");
  ASSERT_NE(values[2], nullptr);
  EXPECT_EQ(*values[2], "one");
}

TEST_P(CacheContract, GetSoonFindsWhatGetFindsOrHasNotBegun) {
  ASSERT_TRUE(fill(cache_, page_key("ann"), "page"));
  std::promise<CachedBytes> found;
  if (!cache_.get_soon(page_key("ann"), soon(), [&](CachedBytes value) { found.set_value(std::move(value)); })) {
    EXPECT_NE(cache_.get_at_once(page_key("ann")), nullptr);
    return;
  }
  const CachedBytes value = found.get_future().get();
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(*value, "page");
}

TEST_P(CacheContract, ValueIsGoneAfterItsTime) {
  ASSERT_TRUE(fill(cache_, image_key("1"), "one", 100ms));
  // A level may be passed over for a moment, which is not yet the end.
  const Deadline deadline = soon();
  int misses = 0;
  while (misses < 100 && !deadline.expired()) misses = read(cache_, image_key("1")).empty() ? misses + 1 : 0;
  EXPECT_EQ(misses, 100);
}

TEST_P(CacheContract, InvalidatingATagDropsAllThatHaveItAndNothingElse) {
  for (int page = 1; page <= 3; ++page) ASSERT_TRUE(fill(cache_, page_key("ann", page), "page"));
  ASSERT_TRUE(fill(cache_, page_key("bob"), "other page"));
  ASSERT_TRUE(fill(cache_, image_key("1"), "image"));
  ASSERT_TRUE(invalidate(cache_, {"user:ann"}));
  for (int page = 1; page <= 3; ++page) EXPECT_EQ(read(cache_, page_key("ann", page)), "");
  EXPECT_EQ(read(cache_, page_key("bob")), "other page");
  EXPECT_EQ(read(cache_, image_key("1")), "image");
}

TEST_P(CacheContract, InvalidatingAKeysOwnTagDropsThatKey) {
  ASSERT_TRUE(fill(cache_, image_key("1"), "one"));
  ASSERT_TRUE(fill(cache_, image_key("2"), "two"));
  ASSERT_TRUE(invalidate(cache_, {"image:1", "user:ann"}));
  EXPECT_EQ(read(cache_, image_key("1")), "");
  EXPECT_EQ(read(cache_, image_key("2")), "two");
}

TEST_P(CacheContract, CanBeFilledAgainAfterAnInvalidation) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(fill(cache_, page_key("ann"), "page " + std::to_string(round)));
    ASSERT_TRUE(fill(cache_, image_key("1"), "image " + std::to_string(round)));
    EXPECT_EQ(read(cache_, page_key("ann")), "page " + std::to_string(round));
    EXPECT_EQ(read(cache_, image_key("1")), "image " + std::to_string(round));
    ASSERT_TRUE(invalidate(cache_, {"image:1", "user:ann"}));
  }
}

TEST_P(CacheContract, FillThatBeganBeforeAnInvalidationIsNotFound) {
  for (const CacheKey& key : {page_key("ann"), image_key("1")}) {
    const CacheFill fill = cache_.begin_fill(key, soon());
    ASSERT_TRUE(invalidate(cache_, key.tags));
    cache_.put(fill, bytes("old"), 1min, soon());
    EXPECT_EQ(read(cache_, key), "") << key.text;
    ASSERT_TRUE(this->fill(cache_, key, "new")) << key.text;
    EXPECT_EQ(read(cache_, key), "new") << key.text;
  }
}

TEST_P(CacheContract, FillThatBeganBeforeAnotherReplicasInvalidationIsNotFound) {
  for (const CacheKey& key : {page_key("ann"), image_key("1")}) {
    const CacheFill fill = cache_.begin_fill(key, soon());
    ASSERT_TRUE(invalidate(replica_, key.tags));
    cache_.put(fill, bytes("old"), 1min, soon());
    EXPECT_EQ(read(cache_, key), "") << key.text;
    EXPECT_EQ(read(replica_, key), "") << key.text;
  }
}

TEST_P(CacheContract, OldFillDoesNotReplaceWhatWasFilledAfterTheInvalidation) {
  for (const CacheKey& key : {page_key("ann"), image_key("1")}) {
    const CacheFill old = cache_.begin_fill(key, soon());
    ASSERT_TRUE(invalidate(replica_, key.tags));
    ASSERT_TRUE(fill(replica_, key, "new"));
    cache_.put(old, bytes("old"), 1min, soon());
    EXPECT_NE(read(cache_, key), "old") << key.text;
    EXPECT_NE(read(replica_, key), "old") << key.text;
  }
}

TEST_P(CacheContract, InvalidationBetweenTwoFillsThatOverlapLeavesOnlyTheLater) {
  for (const CacheKey& key : {page_key("ann"), image_key("1")}) {
    const CacheFill early = cache_.begin_fill(key, soon());
    ASSERT_TRUE(invalidate(cache_, key.tags));
    const CacheFill late = cache_.begin_fill(key, soon());
    const bool kept = cache_.put(late, bytes("new"), 1min, soon());
    cache_.put(early, bytes("old"), 1min, soon());
    EXPECT_EQ(read(cache_, key), kept ? "new" : "") << key.text;
  }
}

TEST_P(CacheContract, OtherReplicaSeesAnInvalidationAtOnce) {
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(fill(cache_, page_key("ann"), "page"));
    read(cache_, page_key("ann"));  // into memory, if there is any
    read(replica_, page_key("ann"));
    ASSERT_TRUE(invalidate(cache_, {"user:ann"}));
    ASSERT_EQ(read(replica_, page_key("ann")), "") << "round " << round;
  }
}

TEST_P(CacheContract, AnnouncedWriteAloneLosesNothingForGood) {
  ASSERT_TRUE(fill(cache_, page_key("ann"), "page"));
  const std::vector<std::string> tags = {"user:ann"};
  const std::string announced = cache_.announce(tags, soon());
  ASSERT_TRUE(cache_.invalidate(tags, announced, soon()));
  ASSERT_TRUE(fill(cache_, page_key("ann"), "page again"));
  EXPECT_EQ(read(cache_, page_key("ann")), "page again");
}

TEST_P(CacheContract, InvalidateMatchingDropsWhatThePatternMatches) {
  ASSERT_TRUE(fill(cache_, page_key("ann", 1), "page"));
  ASSERT_TRUE(fill(cache_, page_key("ann", 2), "page"));
  const CacheFill early = cache_.begin_fill(page_key("ann", 3), soon());
  ASSERT_TRUE(cache_.invalidate_matching("gallery:images:user:ann:*", soon()));
  cache_.put(early, bytes("old"), 1min, soon());
  for (int page = 1; page <= 3; ++page) EXPECT_EQ(read(cache_, page_key("ann", page)), "");
}

TEST_P(CacheContract, ManyKeysOfOneTagAreDroppedTogether) {
  constexpr int kPages = 1000;
  for (int page = 0; page < kPages; ++page) ASSERT_TRUE(fill(cache_, page_key("ann", page), "page"));
  ASSERT_TRUE(invalidate(cache_, {"user:ann"}));
  for (int page = 0; page < kPages; ++page) ASSERT_EQ(read(cache_, page_key("ann", page)), "") << page;
}

// Two readers on two replicas who fill a key, and a writer, one step at a time in an order that is given.
class Interleaving {
 public:
  Interleaving(Cache& cache, Cache& replica, CacheKey key)
      : key_(std::move(key)), readers_{{{cache}, {replica}}}, writer_(cache) {}

  // `who`: 0 and 1 are the readers, 2 is the writer. Each has kSteps.
  static constexpr int kSteps = 3;
  void step(int who, Deadline deadline) {
    if (who == 2) return write(deadline);
    Reader& reader = readers_[static_cast<std::size_t>(who)];
    switch (reader.steps++) {
      case 0:
        reader.fill = reader.cache.begin_fill(key_, deadline);
        break;
      case 1:
        reader.loaded = truth_;
        break;
      default:
        reader.cache.put(reader.fill, std::make_shared<const std::string>(reader.loaded), 1min, deadline);
    }
  }
  bool is_written() const { return writer_steps_ == kSteps; }

 private:
  struct Reader {
    Cache& cache;
    CacheFill fill = {};
    std::string loaded = {};
    int steps = 0;
  };

  void write(Deadline deadline) {
    switch (writer_steps_++) {
      case 0:
        announced_ = writer_.announce(key_.tags, deadline);
        break;
      case 1:
        truth_ = "new";
        break;
      default:
        EXPECT_TRUE(writer_.invalidate(key_.tags, announced_, deadline));
    }
  }

  const CacheKey key_;
  std::array<Reader, 2> readers_;
  Cache& writer_;
  std::string truth_ = "old";
  std::string announced_;
  int writer_steps_ = 0;
};

TEST_P(CacheContract, NoOrderOfTheStepsOfTwoFillsAndAWriteLeavesWhatIsOld) {
  std::vector<int> order;
  for (int who = 0; who < 3; ++who) order.insert(order.end(), Interleaving::kSteps, who);
  int orders = 0;
  do {  // 1680 of them
    const std::string name = std::to_string(orders++);
    const CacheKey key = orders % 2 == 0 ? page_key(name) : image_key(name);
    Interleaving interleaving(cache_, replica_, key);
    for (const int who : order) {
      interleaving.step(who, soon());
      if (!interleaving.is_written()) continue;
      ASSERT_NE(read(cache_, key), "old") << testing::PrintToString(order);
      ASSERT_NE(read(replica_, key), "old") << testing::PrintToString(order);
    }
  } while (std::ranges::next_permutation(order).found);
  EXPECT_EQ(orders, 1680);
}

// Readers and a writer of one value that counts up, each on a replica: a reader must find no less than what had been
// answered when he began.
TEST_P(CacheContract, NoReaderFindsLessThanWhatWasInvalidatedBeforeHeBegan) {
  std::atomic<int> truth{0};
  std::atomic<int> answered{0};
  std::atomic<bool> stop{false};
  std::atomic<int> stale{0};
  const CacheKey key = page_key("ann");
  const auto reader = [&](Cache& cache) {
    while (!stop) {
      const int least = answered;
      std::string found = read(cache, key);
      if (found.empty()) {
        const CacheFill fill = cache.begin_fill(key, soon());
        found = std::to_string(truth.load());
        cache.put(fill, bytes(found), 1min, soon());
      }
      if (std::stoi(found) < least) ++stale;
    }
  };
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] { reader(cache_); });
    readers.emplace_back([&] { reader(replica_); });
  }
  for (int value = 1; value <= 500; ++value) {
    const std::vector<std::string> tags = {"user:ann"};
    Cache& writer = value % 2 == 0 ? cache_ : replica_;
    const std::string announced = writer.announce(tags, soon());
    truth = value;
    ASSERT_TRUE(writer.invalidate(tags, announced, soon()));
    answered = value;
    std::this_thread::yield();
  }
  stop = true;
  readers.clear();
  EXPECT_EQ(stale, 0);
}

}  // namespace
}  // namespace tintype::testing_support
