// Redis killed, hung, slow and restarted empty, under load: readers see none of it but a little time.
#include "tests/engines/cache_fixture.h"
#include "tests/engines/get_load.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;

constexpr int kClients = 4;
constexpr auto kWindow = 2s;
constexpr double kSlack = 10;  // ms that a GET may take longer than the store's own p99 once the breaker is open

class CacheOutage : public CacheFixture, public testing::WithParamInterface<const char*> {
 protected:
  CacheOutage() {
    EXPECT_TRUE(eventually([] { return send({.url = control()}).status == 200; }));
    server_ = start({"--cache-memory", GetParam()}, "redis://127.0.0.1:" + std::to_string(kPort));
    ids_ = upload(client_of(*server_), 10);
    redis_.kill_9();
    EXPECT_TRUE(eventually([&] { return api().get("/images/" + ids_[0]).status == 200 && is_open(); }));
    load_ = std::make_unique<GetLoad>(api(), ids_, kClients);
    store_p99_ = load_->p99_of_the_next(kWindow);  // without Redis from the start: the store's own
    redis_.start();
    EXPECT_TRUE(eventually([&] { return is_well(); }));
  }

  ApiClient api() const { return client_of(*server_); }
  bool is_open() const { return metric_value(api(), "tintype_redis_breaker_open") == 1; }
  bool is_well() const { return hit_rate_of_the_next(api(), 50ms) > 0.9; }

  // What `end` ends is there now, and under load.
  template <typename End>
  void expect_unnoticed(const char* what, const End& end) {
    const double first = load_->p99_of_the_next(1s);
    EXPECT_TRUE(eventually([&] { return is_open(); }));
    const double open = load_->p99_of_the_next(kWindow);
    EXPECT_LT(hit_rate_of_the_next(api(), 200ms), 0.1);
    end();
    const auto ended = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually([&] { return is_well(); })) << "does not come back by itself";
    const std::chrono::duration<double> recovery = std::chrono::steady_clock::now() - ended;
    std::printf(
        "%s, memory %s: p99 of the store %.1f ms, in the first second %.1f ms, with the breaker open %.1f ms; back "
        "after %.1f s\n",
        what, GetParam(), store_p99_, first, open, recovery.count());
    EXPECT_LE(open, store_p99_ + kSlack);
    EXPECT_EQ(load_->failed(), 0);
    EXPECT_EQ(metric_value(api(), "tintype_stale_served_total"), 0);
  }

  static std::string control() { return "http://127.0.0.1:" + std::to_string(kControl); }
  // Of each answer of Redis.
  static void set_delay(int milliseconds) {
    const std::string settings = R"({"delay":)" + std::to_string(milliseconds) + "}";
    EXPECT_EQ(send({.method = "POST", .url = control() + "/settings", .body = settings}).status, 200);
  }

  static inline const int kPort = free_port();
  static inline const int kControl = free_port();
  ChildProcess proxy_{{"/usr/bin/env", "node", TINTYPE_SOURCE_DIR "/tests/engines/node/faultproxy.mjs", "tcp",
                       std::to_string(kPort), std::to_string(redis_.port()), std::to_string(kControl)},
                      {}};
  std::unique_ptr<ServerProcess> server_;
  std::vector<std::string> ids_;
  std::unique_ptr<GetLoad> load_;
  double store_p99_ = 0;
};

TEST_P(CacheOutage, KilledAndRestartedEmpty) {
  redis_.kill_9();
  expect_unnoticed("killed", [&] { redis_.start(); });
}

TEST_P(CacheOutage, Hung) {
  redis_.hang();
  expect_unnoticed("hung", [&] { redis_.resume(); });
}

TEST_P(CacheOutage, Slow) {
  set_delay(200);
  expect_unnoticed("slow", [] { set_delay(0); });
}

// Redis keeps what was cached before. Nobody may be given it: not while Redis hangs, from memory, nor when it is back
// and the writer has not told it yet.
TEST_P(CacheOutage, WriteWhileItHangsIsSeenThroughEveryReplicaAlsoWhenItIsBack) {
  const auto other = start({"--cache-memory", GetParam()});
  const std::string path = "/images/" + ids_[0];
  const std::vector<ApiClient> apis = {api(), client_of(*other)};
  for (int i = 0; i < 3; ++i) {
    for (const ApiClient& one : apis) ASSERT_EQ(json_text(one.get(path).body, "version"), "1");
  }
  redis_.hang();
  ASSERT_EQ(client_of(*other).patch(path, R"({"title":"new","version":1})").status, 200);
  const auto expect_new_for = [&](std::chrono::milliseconds time) {
    for (const Deadline deadline = Deadline::after(time); !deadline.expired();) {
      for (const ApiClient& one : apis) ASSERT_EQ(json_text(one.get(path).body, "version"), "2");
    }
  };
  expect_new_for(1s);
  redis_.resume();
  expect_new_for(5s);
  EXPECT_TRUE(eventually([&] { return is_well(); }));
  for (const ApiClient& one : apis) EXPECT_EQ(metric_value(one, "tintype_cache_invalidations_waiting"), 0);
  EXPECT_EQ(load_->failed(), 0);
}

class CacheOutageHealth : public CacheFixture {};

TEST_F(CacheOutageHealth, RedisIsShownDownInAServiceThatIsUp) {
  const auto server = start();
  const ApiClient api = client_of(*server);
  const std::string path = "/images/" + upload(api, 1).front();
  const auto redis_is = [&](const std::string& status) {
    EXPECT_EQ(api.get(path).status, 200);
    const HttpAnswer health = api.get("/health");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(json_text(health.body, "status"), "up");
    return json_text(health.body, "checks.redis.status") == status;
  };
  EXPECT_TRUE(eventually([&] { return redis_is("up"); }));
  redis_.kill_9();
  EXPECT_TRUE(eventually([&] { return redis_is("down"); }));
  EXPECT_EQ(json_text(api.get("/health").body, "checks.redis.error"),
            "Redis does not answer; the service goes on without it");
  redis_.start();
  EXPECT_TRUE(eventually([&] { return redis_is("up"); }));
  EXPECT_EQ(json_text(api.get("/health").body, "checks.redis.connection"), "ready");
}

INSTANTIATE_TEST_SUITE_P(Levels, CacheOutage, testing::Values("0KiB", "64MiB"), [](const auto& tested) {
  return std::string(tested.param) == "0KiB" ? "RedisOnly" : "MemoryAndRedis";
});

}  // namespace
}  // namespace tintype::testing_support
