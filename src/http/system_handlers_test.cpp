#include "http/system_handlers.h"

#include <gmock/gmock.h>

#include "tests/support/fake_headers.h"

namespace tintype::http {
namespace {

using testing::HasSubstr;

Dependency dependency(const std::string& name, bool is_up, bool is_needed) {
  const auto check = [is_up](Deadline) -> Result<void> {
    if (is_up) return {};
    return fail(ErrorCode::StoreUnavailable, "it is away");
  };
  return {.name = name, .check = check, .describe = {}, .is_needed = is_needed};
}

Response health_of(std::vector<Dependency> dependencies) {
  MetricsRegistry metrics;
  SystemHandlers handlers(metrics, std::move(dependencies), [] { return std::string("{}"); });
  const testing_support::FakeHeaders headers;
  Request request{.method = "GET", .target = "/health", .headers = headers};
  return handlers.health(request);
}

TEST(Health, DependencyThatIsNeededAndDownIsAFailure) {
  const Response response = health_of({dependency("blobs", false, true), dependency("redis", true, false)});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.text(), R"({"status":"down","checks":{"blobs":{"status":"down","error":"it is away"},)"
                             R"("redis":{"status":"up"}}})");
}

TEST(Health, DependencyThatIsNotNeededIsShownDownInAServiceThatIsUp) {
  const Response response = health_of({dependency("blobs", true, true), dependency("redis", false, false)});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.text(), R"({"status":"up","checks":{"blobs":{"status":"up"},)"
                             R"("redis":{"status":"down","error":"it is away"}}})");
}

TEST(Health, DependencyDescribesItself) {
  Dependency redis = dependency("redis", true, false);
  redis.describe = [](JsonObject& json) { json.add("connection", "idle"); };
  EXPECT_THAT(std::string(health_of({redis}).text()), HasSubstr(R"("connection":"idle")"));
}

}  // namespace
}  // namespace tintype::http
