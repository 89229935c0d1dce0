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
  double metric(const std::string& series) { return metric_value(api_, series); }

  // A request is counted once its answer has been sent, so a client may ask for the metrics a moment before. Gives the
  // value last seen.
  double metric_once_it_is(const std::string& series, double expected) {
    const Deadline deadline = Deadline::after(5s);
    double seen = metric(series);
    while (seen != expected && !deadline.expired()) seen = metric(series);
    return seen;
  }
};

TEST_F(Observability, UploadMovesItsRequestEngineAndStoreMetrics) {
  const std::vector<std::pair<std::string, double>> moved = {
      {R"(tintype_http_request_duration_seconds_count{cold_start="false",method="POST",route="/images",status="201"})",
       1},
      {R"(tintype_engine_duration_seconds_count{stage="decode"})", 1},
      {R"(tintype_engine_duration_seconds_count{stage="encode"})", 2},
      {R"(tintype_store_duration_seconds_count{operation="put",outcome="ok",store="blob"})", 2},
      {R"(tintype_store_duration_seconds_count{operation="claim",outcome="ok",store="metadata"})", 1},
      {R"(tintype_store_duration_seconds_count{operation="complete",outcome="ok",store="metadata"})", 1}};
  std::vector<double> before;
  for (const auto& [series, by] : moved) before.push_back(std::max(0.0, metric(series)));
  upload(api_);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const double expected = before[i] + moved[i].second;
    EXPECT_EQ(metric_once_it_is(moved[i].first, expected), expected) << moved[i].first;
  }
}

TEST_F(Observability, GaugesAreAtRestWhenNothingHappens) {
  upload(api_);
  EXPECT_EQ(metric_once_it_is("tintype_http_requests_in_flight", 1), 1) << "the request for the metrics itself";
  EXPECT_EQ(metric("tintype_image_jobs_running"), 0);
  EXPECT_EQ(metric("tintype_image_jobs_waiting"), 0);
  EXPECT_EQ(metric("tintype_image_memory_reserved_bytes"), 0);
}

TEST_F(Observability, RefusedRequestsAreCountedByTheirStatus) {
  const std::string series =
      R"(tintype_http_request_duration_seconds_count{cold_start="false",method="GET",route="/images/{id}",status="404"})";
  const double before = std::max(0.0, metric(series));
  api_.get("/images/nothing");
  EXPECT_EQ(metric_once_it_is(series, before + 1), before + 1);
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
