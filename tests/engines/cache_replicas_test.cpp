// Two replicas on one Redis: nobody is given what was before a write that somebody has been told of.
#include "adapters/redis/redis_client.h"
#include "tests/engines/cache_fixture.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;

class CacheReplicas : public CacheFixture, public testing::WithParamInterface<const char*> {
 protected:
  std::unique_ptr<ServerProcess> replica() { return start({"--cache-invalidation", GetParam()}); }

  const std::unique_ptr<ServerProcess> first_ = replica();
  const std::unique_ptr<ServerProcess> second_ = replica();
  const std::vector<ApiClient> apis_ = {client_of(*first_), client_of(*second_)};
};

// One image that a writer changes through the replicas in turn, while readers ask both. The writer says which version
// he was told last; who asks after that must get no less.
class Story {
 public:
  Story(const std::vector<ApiClient>& apis, std::string id) : apis_(apis), id_(std::move(id)) {}

  void write_until(std::chrono::steady_clock::time_point end) {
    for (int version = told_; std::chrono::steady_clock::now() < end; ++version) {
      const std::string patch = R"({"title":"t","version":)" + std::to_string(version) + "}";
      const HttpAnswer answer = apis_[static_cast<std::size_t>(version) % 2].patch("/images/" + id_, patch);
      ASSERT_EQ(answer.status, 200) << answer.body;
      told_ = version + 1;
      ++writes_;
      std::this_thread::sleep_for(std::chrono::milliseconds(version % 7));
    }
  }

  void read_until(std::chrono::steady_clock::time_point end, std::size_t reader) {
    for (std::size_t i = reader; std::chrono::steady_clock::now() < end; ++i) {
      const bool lists = i % 3 == 0;
      const int least = told_;
      const HttpAnswer answer = apis_[i % 2].get(lists ? "/images?albumId=story-" + id_ : "/images/" + id_);
      const std::string version = json_text(answer.body, lists ? "images.0.version" : "version");
      if (answer.status != 200 || std::atoi(version.c_str()) < least) {
        ++stale_;
        ADD_FAILURE() << "version " << version << " after " << least << (lists ? " in a list " : " ") << answer.status;
      }
      ++reads_;
    }
  }

  int reads() const { return reads_; }
  int writes() const { return writes_; }
  int stale() const { return stale_; }

 private:
  const std::vector<ApiClient>& apis_;
  const std::string id_;
  std::atomic<int> told_{2};  // it has been put into its album
  std::atomic<int> reads_{0};
  std::atomic<int> writes_{0};
  std::atomic<int> stale_{0};
};

TEST_P(CacheReplicas, SoakOfReadsAndWritesServesNothingStale) {
  const char* const wanted = std::getenv("CACHE_TEST_SECONDS");
  const auto time = std::chrono::seconds(wanted != nullptr ? std::atoi(wanted) : 8);
  std::vector<std::unique_ptr<Story>> stories;
  for (int i = 0; i < 3; ++i) {
    const std::string id = upload(apis_[0], 1)[0];
    ASSERT_EQ(apis_[0].patch("/images/" + id, R"({"albumId":"story-)" + id + R"("})", {"If-Match: *"}).status, 200);
    stories.push_back(std::make_unique<Story>(apis_, id));
  }
  const auto end = std::chrono::steady_clock::now() + time;
  std::vector<std::jthread> people;
  for (const auto& story : stories) {
    people.emplace_back([&story, end] { story->write_until(end); });
    for (std::size_t reader = 0; reader < 2; ++reader)
      people.emplace_back([&story, end, reader] { story->read_until(end, reader); });
  }
  people.clear();
  int reads = 0;
  int writes = 0;
  for (const auto& story : stories) {
    reads += story->reads();
    writes += story->writes();
    EXPECT_EQ(story->stale(), 0);
  }
  double hits = 0;
  for (const ApiClient& api : apis_) {
    hits += lookups(api, "memory", "hit") + lookups(api, "redis", "hit");
    EXPECT_EQ(metric_value(api, "tintype_stale_served_total"), 0);
    EXPECT_GT(metric_value(api, "tintype_stale_checks_total"), 0);
  }
  std::printf("%s: %d reads, %d writes, %.0f hits\n", GetParam(), reads, writes, hits);
  EXPECT_GT(hits, reads / 10);
}

// How long after the writer was answered the other replica still gives the old version: never, not even a moment.
TEST_P(CacheReplicas, WriteIsSeenThroughTheOtherReplicaAtOnce) {
  const std::string path = "/images/" + upload(apis_[0], 1)[0];
  for (int version = 1; version <= 300; ++version) {
    const ApiClient& writer = apis_[static_cast<std::size_t>(version) % 2];
    const ApiClient& reader = apis_[static_cast<std::size_t>(version + 1) % 2];
    for (int i = 0; i < 2; ++i) ASSERT_EQ(json_text(reader.get(path).body, "version"), std::to_string(version));
    ASSERT_EQ(writer.patch(path, R"({"title":"t","version":)" + std::to_string(version) + "}").status, 200);
  }
}

TEST_P(CacheReplicas, NeitherKeysNorOneGiantDelIsEverSent) {
  for (const std::string& id : upload(apis_[0], 5)) {
    apis_[1].get("/images/" + id);
    apis_[1].get("/images?limit=7");
    EXPECT_EQ(apis_[0].patch("/images/" + id, R"({"title":"t"})", {"If-Match: *"}).status, 200);
  }
  const Logger log(LogLevel::Error, -1);
  redis::RedisClient client({.url = redis::parse_redis_url(redis_.url()).value()}, log);
  const auto stats = client.call({{"INFO", "commandstats"}}, Deadline::after(10s));
  ASSERT_TRUE(stats);
  EXPECT_THAT(stats->front().text, testing::HasSubstr("cmdstat_unlink"));
  EXPECT_THAT(stats->front().text, testing::Not(testing::HasSubstr("cmdstat_keys")));
  EXPECT_THAT(stats->front().text, testing::Not(testing::HasSubstr("cmdstat_del:")));
}

INSTANTIATE_TEST_SUITE_P(Strategies, CacheReplicas, testing::Values("tags", "scan"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace tintype::testing_support
