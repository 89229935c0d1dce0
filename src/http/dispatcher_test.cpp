#include "http/dispatcher.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_headers.h"
#include "tests/support/temp_directory.h"

namespace tintype::http {
namespace {

using namespace testing_support;

class DispatcherTest : public testing::Test {
 protected:
  std::vector<Route> table() {
    const auto ok = [](Request& request) { return json_response(200, '"' + request.captured + '"'); };
    const auto throws = [](Request&) -> Response { throw std::runtime_error("a bug"); };
    return {{"GET", "/open", Lane::Inline, Access::Anyone, BodyKind::None, ok},
            {"GET", "/mine/{id}", Lane::Store, Access::User, BodyKind::None, ok},
            {"GET", "/bug", Lane::Store, Access::Anyone, BodyKind::None, throws},
            {"GET", "/blobs/{key...}", Lane::Store, Access::BlobReader, BodyKind::None, ok,
             [](Request&) { return std::optional(Response{.status = 304}); }},
            {"POST", "/upload", Lane::Upload, Access::User, BodyKind::Upload, ok}};
  }
  Dispatcher dispatcher(bool owner_only = false) {
    return {table(),
            Authenticator(policy_, clock_),
            {.upload = {1000, directory_.path()}, .blobs_need_owner = owner_only},
            metrics_,
            log_};
  }
  std::string token() {
    return "Bearer " + sign_jwt(policy_, *UserId::parse("ann"), clock_.now(), std::chrono::hours(1));
  }
  static int status(const std::optional<Response>& response) { return response ? response->status : 0; }

  TempDirectory directory_;
  FakeClock clock_;
  JwtPolicy policy_{.secret = "a secret that is long enough for HS256 to be happy"};
  MetricsRegistry metrics_;
  Logger log_{LogLevel::Error, 2};
};

TEST_F(DispatcherTest, OpenRouteNeedsNoToken) {
  auto under_test = dispatcher();
  const FakeHeaders headers;
  Request request{.method = "GET", .target = "/open?x=1", .headers = headers};
  EXPECT_FALSE(under_test.admit(request));
  EXPECT_EQ(request.parameter("x"), "1");
  EXPECT_FALSE(under_test.received(request));
  EXPECT_EQ(under_test.handle(request).status, 200);
}

TEST_F(DispatcherTest, UserRouteNeedsOneAndKnowsTheUser) {
  auto under_test = dispatcher();
  const FakeHeaders without;
  Request refused{.method = "GET", .target = "/mine/7", .headers = without};
  EXPECT_EQ(status(under_test.admit(refused)), 401);
  const FakeHeaders with{{"authorization", token()}};
  Request admitted{.method = "GET", .target = "/mine/7", .headers = with};
  EXPECT_FALSE(under_test.admit(admitted));
  EXPECT_EQ(admitted.user->text(), "ann");
  EXPECT_EQ(admitted.captured, "7");
}

TEST_F(DispatcherTest, ExpiredTokenIsRefused) {
  auto under_test = dispatcher();
  const FakeHeaders headers{{"authorization", token()}};
  clock_.advance(std::chrono::hours(2));
  Request request{.method = "GET", .target = "/mine/7", .headers = headers};
  EXPECT_EQ(status(under_test.admit(request)), 401);
}

TEST_F(DispatcherTest, BlobsNeedATokenOnlyInOwnerMode) {
  const FakeHeaders headers;
  Request request{.method = "GET", .target = "/blobs/a/b", .headers = headers};
  EXPECT_EQ(status(dispatcher(false).admit(request)), 304) << "answered at once";
  EXPECT_EQ(status(dispatcher(true).admit(request)), 401) << "the token comes before the quick answer";
}

TEST_F(DispatcherTest, UnknownPathWrongMethodAndBadQueryEndInAdmit) {
  auto under_test = dispatcher();
  const FakeHeaders headers;
  const std::vector<std::tuple<std::string_view, std::string_view, int>> cases = {
      {"GET", "/none", 404}, {"PUT", "/open", 405}, {"GET", "/open?%zz", 400}};
  for (const auto& [method, target, expected] : cases) {
    Request request{.method = method, .target = target, .headers = headers};
    EXPECT_EQ(status(under_test.admit(request)), expected) << target;
  }
}

TEST_F(DispatcherTest, AbsoluteFormIsReadAsItsPath) {
  auto under_test = dispatcher();
  const FakeHeaders headers;
  Request request{.method = "GET", .target = "http://example.com/open", .headers = headers};
  EXPECT_FALSE(under_test.admit(request));
}

TEST_F(DispatcherTest, DeclaredLengthIsHeldAgainstTheLimitOfItsBodyKind) {
  auto under_test = dispatcher();
  const FakeHeaders raw{{"authorization", token()}};
  const FakeHeaders form{{"authorization", token()}, {"content-type", "multipart/form-data; boundary=b"}};
  const auto admitted = [&](const FakeHeaders& headers, std::uint64_t length) {
    Request request{.method = "POST", .target = "/upload", .headers = headers, .content_length = length};
    return status(under_test.admit(request));
  };
  EXPECT_EQ(admitted(raw, 1000), 0);
  EXPECT_EQ(admitted(raw, 1001), 413);
  EXPECT_EQ(admitted(form, 1000 + UploadBody::kFormOverhead), 0);
  EXPECT_EQ(admitted(form, 1001 + UploadBody::kFormOverhead), 413);
}

TEST_F(DispatcherTest, FormWithoutABoundaryIsRefusedBeforeItsBody) {
  auto under_test = dispatcher();
  for (const char* type : {"multipart/form-data", "multipart/mixed; boundary=b", "Multipart/Form-Data; boundary="}) {
    const FakeHeaders headers{{"authorization", token()}, {"content-type", type}};
    Request request{.method = "POST", .target = "/upload", .headers = headers};
    EXPECT_EQ(status(under_test.admit(request)), 400) << type;
  }
}

TEST_F(DispatcherTest, ExceptionInAHandlerIs500) {
  auto under_test = dispatcher();
  const FakeHeaders headers;
  Request request{.method = "GET", .target = "/bug", .headers = headers};
  ASSERT_FALSE(under_test.admit(request));
  const Response response = under_test.handle(request);
  EXPECT_EQ(response.status, 500);
  EXPECT_NE(response.log_detail.find("a bug"), std::string::npos);
}

}  // namespace
}  // namespace tintype::http
