#include "adapters/aws/aws_error.h"

#include <gmock/gmock.h>

#include "adapters/aws/service_fault.h"

namespace tintype::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ErrorCode code_for(int status, std::string code = {}) {
  return to_error({.status = status, .code = std::move(code)}, "put k").code;
}

TEST(AwsError, CodesOfServicesBecomeOurs) {
  EXPECT_EQ(code_for(404), ErrorCode::NotFound);
  EXPECT_EQ(code_for(404, "NoSuchKey"), ErrorCode::NotFound);
  EXPECT_EQ(code_for(404, "NoSuchBucket"), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_for(400, "ResourceNotFoundException"), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_for(412, "PreconditionFailed"), ErrorCode::VersionMismatch);
  EXPECT_EQ(code_for(400, "ConditionalCheckFailedException"), ErrorCode::VersionMismatch);
  EXPECT_EQ(code_for(403, "SignatureDoesNotMatch"), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_for(503, "SlowDown"), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_for(500), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_for(400, "ProvisionedThroughputExceededException"), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_for(400, "ValidationException"), ErrorCode::Internal);
}

TEST(AwsError, WithoutAnAnswerTheReasonStays) {
  const AwsError error{.no_answer = {ErrorCode::DeadlineExceeded, "too slow", "GET http://x: Timeout"}};
  EXPECT_EQ(to_error(error, "get k").code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(to_error(error, "get k").detail, "get k: GET http://x: Timeout");
}

TEST(AwsError, DetailNamesTheRequestForSupport) {
  const Error error =
      to_error({.status = 503, .code = "SlowDown", .message = "easy", .request_id = "R1", .attempts = 3}, "put k");
  EXPECT_EQ(error.detail, "put k: 503 SlowDown easy (request R1), after 3 attempts");
  EXPECT_THAT(error.public_message, AllOf(testing::Not(HasSubstr("SlowDown")), HasSubstr("try again")));
}

TEST(AwsError, RefusalIsReadBack) {
  const auto refusal_of = [](const AwsError& error) { return refusal_in(to_error(error, "put images/a b: c")); };
  const auto denied = refusal_of({.status = 403, .code = "AccessDenied", .message = "Access Denied: 500 no"});
  ASSERT_TRUE(denied);
  EXPECT_EQ(denied->status, 403);
  EXPECT_EQ(denied->code, "AccessDenied");
  const auto head = refusal_of({.status = 404});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 404);
  EXPECT_EQ(head->code, "");
  EXPECT_FALSE(refusal_of({.no_answer = {ErrorCode::DeadlineExceeded, "too slow", "GET http://x:8080: Timeout"}}));
  EXPECT_FALSE(refusal_in({ErrorCode::Internal, "odd", "put k: 40"}));
}

TEST(ServiceFault, IsReadFromXmlJsonAndFields) {
  const auto xml = read_fault(
      {},
      "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>gone</Message><RequestId>R</RequestId></Error>");
  EXPECT_EQ(xml.code, "NoSuchKey");
  EXPECT_EQ(xml.message, "gone");
  EXPECT_EQ(xml.request_id, "R");
  const auto json = read_fault({{"x-amzn-RequestId", "J"}},
                               R"({"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow"})");
  EXPECT_EQ(json.code, "ThrottlingException");
  EXPECT_EQ(json.message, "slow");
  EXPECT_EQ(json.request_id, "J");
  EXPECT_EQ(read_fault({{"x-amzn-ErrorType", "Oops:http://x"}}, "").code, "Oops");
  EXPECT_EQ(read_fault({}, R"({"__type":"X","Message":"upper"})").message, "upper");
}

TEST(ServiceFault, WhatCannotBeReadStaysEmpty) {
  for (const char* body : {"", "<", "<html/>", "{", "[]", "null", R"({"__type":1})"}) {
    EXPECT_EQ(read_fault({}, body).code, "") << body;
  }
}

}  // namespace
}  // namespace tintype::aws
