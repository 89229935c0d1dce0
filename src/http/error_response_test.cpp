#include "http/error_response.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace tintype::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "(absent)";
}
std::string body(const Response& response) {
  return std::get<std::string>(response.body);
}

TEST(ErrorResponse, IsAProblemDocumentWithCodeAndRequestId) {
  const auto response =
      error_response({ErrorCode::ImageTooLarge, "too many pixels", "", {{"limit", std::int64_t{5}}}}, "r-1");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
  const auto json = boost::json::parse(body(response)).as_object();
  EXPECT_EQ(json.at("code").as_string(), "IMAGE_TOO_LARGE");
  EXPECT_EQ(json.at("status").as_int64(), 422);
  EXPECT_EQ(json.at("requestId").as_string(), "r-1");
  EXPECT_EQ(json.at("detail").as_string(), "too many pixels");
  EXPECT_EQ(json.at("limit").as_int64(), 5);
}

TEST(ErrorResponse, DetailIsForTheLogOnly) {
  const auto response = error_response({ErrorCode::StoreUnavailable, "try again", "/secret/path: EIO"}, "r");
  EXPECT_THAT(body(response), Not(HasSubstr("secret")));
  EXPECT_THAT(response.log_detail, HasSubstr("/secret/path: EIO"));
}

TEST(ErrorResponse, InternalErrorTellsNothing) {
  const auto response = error_response({ErrorCode::Internal, "null pointer in frobnicate"}, "r");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(body(response), Not(HasSubstr("frobnicate")));
}

TEST(ErrorResponse, UnavailableSaysWhenToRetry) {
  for (const auto code : {ErrorCode::Overloaded, ErrorCode::StoreUnavailable, ErrorCode::DeadlineExceeded}) {
    const auto response = error_response({code, "later"}, "r");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(header(response, "Retry-After"), "1");
  }
}

TEST(ErrorResponse, UploadUnderWayIsAConflictThatEndsByItself) {
  for (const auto code : {ErrorCode::UploadInProgress, ErrorCode::ClaimLost}) {
    const auto response = error_response({code, "later"}, "r");
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(header(response, "Retry-After"), "1");
    EXPECT_THAT(body(response), HasSubstr("UPLOAD_IN_PROGRESS"));
  }
  EXPECT_EQ(header(error_response({ErrorCode::VersionMismatch, "changed"}, "r"), "Retry-After"), "(absent)");
}

TEST(ErrorResponse, TokenOfAnotherPayloadIsUnprocessable) {
  const auto response = error_response({ErrorCode::IdempotencyMismatch, "another payload"}, "r");
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(body(response), HasSubstr("IDEMPOTENCY_MISMATCH"));
}

TEST(ErrorResponse, StoreThatIsTooSlowIsAStoreThatIsNotThere) {
  EXPECT_THAT(body(error_response({ErrorCode::DeadlineExceeded, "later"}, "r")), HasSubstr("STORE_UNAVAILABLE"));
}

TEST(ErrorResponse, UnauthenticatedCarriesAChallengeWithoutQuotesInIt) {
  const auto response = error_response({ErrorCode::Unauthenticated, "a \"quoted\\\" word"}, "r");
  EXPECT_EQ(header(response, "WWW-Authenticate"),
            R"(Bearer realm="tintype", error="invalid_token", error_description="a quoted word")");
}

}  // namespace
}  // namespace tintype::http
