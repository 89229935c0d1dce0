// What an operator sees: metrics and logs that move for the right reason.
#include <gmock/gmock.h>

#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;

class Observability : public SharedServer<Observability> {
 public:
  static std::vector<std::string> flags() { return {}; }

 protected:
  // The value of a series, by the exact text before it; -1 if it is not there.
  double metric(const std::string& series) {
    const std::string text = '\n' + api_.get("/metrics").body;
    const std::size_t at = text.find('\n' + series + ' ');
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
};

TEST_F(Observability, UploadMovesItsRequestEngineAndStoreMetrics) {
  upload(api_);
  const auto count = [&](const std::string& series) { return metric(series); };
  const double requests =
      count(R"(tintype_http_request_duration_seconds_count{method="POST",route="/images",status="201"})");
  const double decodes = count(R"(tintype_engine_duration_seconds_count{stage="decode"})");
  const double puts = count(R"(tintype_store_duration_seconds_count{operation="put",outcome="ok",store="blob"})");
  const double inserts =
      count(R"(tintype_store_duration_seconds_count{operation="insert",outcome="ok",store="metadata"})");
  upload(api_);
  EXPECT_EQ(count(R"(tintype_http_request_duration_seconds_count{method="POST",route="/images",status="201"})"),
            requests + 1);
  EXPECT_EQ(count(R"(tintype_engine_duration_seconds_count{stage="decode"})"), decodes + 2);
  EXPECT_EQ(count(R"(tintype_store_duration_seconds_count{operation="put",outcome="ok",store="blob"})"), puts + 2);
  EXPECT_EQ(count(R"(tintype_store_duration_seconds_count{operation="insert",outcome="ok",store="metadata"})"),
            inserts + 1);
}

TEST_F(Observability, GaugesAreAtRestWhenNothingHappens) {
  upload(api_);
  EXPECT_EQ(metric("tintype_http_requests_in_flight"), 1) << "the request for the metrics itself";
  EXPECT_EQ(metric("tintype_image_jobs_running"), 0);
  EXPECT_EQ(metric("tintype_image_jobs_waiting"), 0);
  EXPECT_EQ(metric("tintype_image_memory_reserved_bytes"), 0);
}

TEST_F(Observability, RefusedRequestsAreCountedByTheirStatus) {
  const std::string series =
      R"(tintype_http_request_duration_seconds_count{method="GET",route="/images/{id}",status="404"})";
  api_.get("/images/nothing");
  const double before = metric(series);
  api_.get("/images/nothing");
  EXPECT_EQ(metric(series), before + 1);
}

TEST_F(Observability, LogLineCarriesTheRequestIdAndTheReason) {
  api_.get("/images/nothing", {"X-Request-Id: find-me-1"});
  const std::string line = server_->process().wait_for_log("find-me-1", 5s);
  EXPECT_EQ(json_text(line, "msg"), "request");
  EXPECT_EQ(json_text(line, "requestId"), "find-me-1");
  EXPECT_EQ(json_text(line, "status"), "404");
  EXPECT_EQ(json_text(line, "user"), "ann");
  EXPECT_THAT(json_text(line, "error"), HasSubstr("IMAGE_NOT_FOUND"));
}

TEST_F(Observability, EveryLogLineIsJson) {
  api_.upload("not an image", {}, "weird \"name\"\n.jpg");
  upload(api_);
  std::istringstream log(server_->process().standard_error());
  for (std::string line; std::getline(log, line);) EXPECT_NE(json_text(line, "msg"), "(not JSON)") << line;
}

}  // namespace
}  // namespace tintype
