#include "adapters/aws/aws_error.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tintype::aws {
namespace {

// DynamoDB, SQS and S3, "Error responses".
constexpr std::array<std::string_view, 10> kThrottling = {"ThrottlingException",
                                                          "Throttling",
                                                          "RequestThrottled",
                                                          "RequestLimitExceeded",
                                                          "ProvisionedThroughputExceededException",
                                                          "TransactionInProgressException",
                                                          "TransactionConflictException",
                                                          "TooManyRequestsException",
                                                          "SlowDown",
                                                          "RequestThrottledException"};

ErrorCode code_of(const AwsError& error) {
  const bool is_about_a_key = error.code.empty() || error.code == "NoSuchKey";
  if (error.status == 404 && is_about_a_key) return ErrorCode::NotFound;
  if (error.status == 412 || error.code == "ConditionalCheckFailedException") return ErrorCode::VersionMismatch;
  const bool is_ours = error.status == 401 || error.status == 403 || error.status == 404 ||
                       error.code == "ResourceNotFoundException" || error.code.ends_with("QueueDoesNotExist");
  const bool is_theirs = error.status >= 500 || is_throttling(error.status, error.code);
  return is_ours || is_theirs ? ErrorCode::StoreUnavailable : ErrorCode::Internal;
}

}  // namespace

bool is_throttling(int status, std::string_view code) {
  return status == 429 || std::ranges::find(kThrottling, code) != kThrottling.end();
}

Error to_error(const AwsError& error, std::string_view action) {
  std::string detail(action);
  if (error.status == 0) {
    detail += ": " + error.no_answer.detail;
    return {error.no_answer.code, error.no_answer.public_message, std::move(detail)};
  }
  detail += ": " + std::to_string(error.status) + ' ' + error.code + ' ' + error.message;
  if (!error.request_id.empty()) detail += " (request " + error.request_id + ')';
  if (error.attempts > 1) detail += ", after " + std::to_string(error.attempts) + " attempts";
  const ErrorCode code = code_of(error);
  const char* const message = code == ErrorCode::NotFound          ? "there is no such object"
                              : code == ErrorCode::VersionMismatch ? "it has changed meanwhile"
                                                                   : "the store is not available; try again later";
  return {code, message, std::move(detail)};
}

std::optional<Refusal> refusal_in(const Error& error) {
  constexpr std::size_t kDigits = 3;
  const std::string_view detail = error.detail;
  for (std::size_t colon = detail.find(": "); colon != std::string_view::npos; colon = detail.find(": ", colon + 1)) {
    const std::string_view rest = detail.substr(colon + 2);
    const auto status = parse_unsigned(rest.substr(0, kDigits));
    if (!status || *status < 100 || rest.size() <= kDigits || rest[kDigits] != ' ') continue;
    const std::string_view after = rest.substr(kDigits + 1);
    return Refusal{static_cast<int>(*status), std::string(after.substr(0, after.find(' ')))};
  }
  return std::nullopt;
}

}  // namespace tintype::aws
