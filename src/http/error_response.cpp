#include "http/error_response.h"

#include <boost/json.hpp>

namespace tintype::http {
namespace {

constexpr std::string_view kRetryAfterSeconds = "1";

// A store that did not answer in time is, for a client, a store that is not available, and an upload that somebody else
// has taken over one that is under way.
std::string_view public_code(ErrorCode code) {
  if (code == ErrorCode::DeadlineExceeded) return code_name(ErrorCode::StoreUnavailable);
  if (code == ErrorCode::ClaimLost) return code_name(ErrorCode::UploadInProgress);
  if (code == ErrorCode::AlreadyExists) return code_name(ErrorCode::Internal);
  return code_name(code);
}

// Errors that end by themselves.
bool can_be_retried(ErrorCode code, int status) {
  return status == 503 || status == 429 || code == ErrorCode::UploadInProgress || code == ErrorCode::ClaimLost;
}

Response document(int status, std::string_view code, std::string_view message, std::string_view request_id,
                  const std::vector<ErrorMember>& members) {
  boost::json::object problem;
  problem["type"] = "about:blank";
  problem["title"] = reason_phrase(status);
  problem["status"] = status;
  problem["code"] = code;
  problem["detail"] = message;
  problem["requestId"] = request_id;
  for (const ErrorMember& member : members) {
    std::visit([&](const auto& value) { problem[member.name] = value; }, member.value);
  }
  Response response{.status = status};
  response.set("Content-Type", "application/problem+json");
  response.set("Cache-Control", "no-store");
  response.body = boost::json::serialize(problem);
  return response;
}

// RFC 6750 section 3: the description is quoted, without quotes and backslashes of its own.
std::string bearer_challenge(std::string_view message) {
  std::string challenge = R"(Bearer realm="tintype", error="invalid_token", error_description=")";
  for (const char c : message) {
    if (c != '"' && c != '\\') challenge += c;
  }
  return challenge + '"';
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::ValidationFailed:
    case ErrorCode::InvalidCursor:
      return 400;
    case ErrorCode::Unauthenticated:
      return 401;
    case ErrorCode::NotAuthorized:
      return 403;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::VersionMismatch:
    case ErrorCode::UploadInProgress:
    case ErrorCode::ClaimLost:
      return 409;
    case ErrorCode::FileTooLarge:
      return 413;
    case ErrorCode::InvalidFileType:
      return 415;
    case ErrorCode::ImageTooLarge:
    case ErrorCode::ImageUndecodable:
    case ErrorCode::IdempotencyMismatch:
      return 422;
    case ErrorCode::RateLimited:
      return 429;
    case ErrorCode::Overloaded:
    case ErrorCode::StoreUnavailable:
    case ErrorCode::DeadlineExceeded:
      return 503;
    case ErrorCode::AlreadyExists:
    case ErrorCode::Internal:
      break;
  }
  return 500;
}

Response error_response(const Error& error, std::string_view request_id) {
  const int status = status_of(error.code);
  // What happened inside is for the log only.
  const std::string_view message = status == 500
                                       ? std::string_view("an internal error; it is in the log under this requestId")
                                       : error.public_message;
  Response response = document(status, public_code(error.code), message, request_id, error.members);
  response.log_detail = to_string(error);
  if (can_be_retried(error.code, status)) response.set("Retry-After", std::string(kRetryAfterSeconds));
  if (status == 401) response.set("WWW-Authenticate", bearer_challenge(message));
  return response;
}

Response no_such_route(std::string_view request_id) {
  return problem(404, "NOT_FOUND", "there is nothing at this path", request_id);
}

Response method_not_allowed(std::string_view allow, std::string_view request_id) {
  Response response = problem(405, "METHOD_NOT_ALLOWED", "this path does not support this method", request_id);
  response.set("Allow", std::string(allow));
  return response;
}

Response problem(int status, std::string_view code, std::string_view message, std::string_view request_id) {
  return document(status, code, message, request_id, {});
}

}  // namespace tintype::http
