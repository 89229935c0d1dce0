#include "adapters/aws/call_attempts.h"

#include <algorithm>
#include <array>
#include <thread>

#include "base/text.h"

namespace tintype::aws {
namespace {

using Outcome = AttemptFailure::Outcome;

constexpr std::array<std::string_view, 5> kWrongClock = {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture",
                                                         "InvalidSignatureException", "AuthFailure"};
constexpr std::array<std::string_view, 4> kOldCredentials = {"ExpiredToken", "ExpiredTokenException",
                                                             "UnrecognizedClientException", "InvalidAccessKeyId"};

template <typename Codes>
bool is_one_of(const Codes& codes, std::string_view code) {
  return std::ranges::find(codes, code) != codes.end();
}

// S3 and DynamoDB, "Error responses": a SlowDown, a throttled or a refused request has not been executed; a 500 may
// have.
AttemptFailure judged(int status, std::string_view code) {
  const bool throttled = is_throttling(status, code);
  if (throttled) return {.outcome = Outcome::NotExecuted, .throttled = true};
  if (status == 503) return {.outcome = code == "ServiceUnavailable" ? Outcome::NotExecuted : Outcome::MayHaveRun};
  if (status >= 500 || code == "RequestTimeout") return {.outcome = Outcome::MayHaveRun};
  return {.outcome = Outcome::Final};
}

AttemptFailure judged(const HttpFailure& failure) {
  if (failure.error.code == ErrorCode::Overloaded) return {.outcome = Outcome::Final};
  return {.outcome = failure.reach == HttpFailure::Reach::NotSent ? Outcome::NotExecuted : Outcome::MayHaveRun,
          .timed_out = failure.error.code == ErrorCode::DeadlineExceeded};
}

}  // namespace

CallAttempts::CallAttempts(AwsClient& client, AwsRequest request, Deadline deadline)
    : client_(client),
      request_(std::move(request)),
      deadline_(deadline),
      retry_(client.options_.retry, client.budget_, request_.idempotent, deadline) {}

void CallAttempts::begin() {
  // What is too late must not be sent, and be executed after all, over a connection that is there.
  if (deadline_.expired()) {
    not_begun_ =
        Error{ErrorCode::DeadlineExceeded, "the store took too long; try again later", "the deadline has passed"};
    return;
  }
  auto credentials = client_.credentials_.get(deadline_);
  if (!credentials) {
    not_begun_ = credentials.error();
    return;
  }
  credentials_ = std::move(*credentials);
  const SignedRequest signed_request =
      client_.signer_.sign(client_.unsigned_request(request_), credentials_, client_.service_time());
  const HttpRequest http{.method = request_.method,
                         .url = client_.url(request_, signed_request),
                         .headers = signed_request.headers,
                         .body = request_.body,
                         .idempotent = request_.idempotent,
                         .reply_limit = request_.reply_limit};
  const auto for_the_body = std::chrono::seconds(request_.body.size() >> 20);
  const Deadline of_attempt =
      Deadline::after(client_.options_.attempt_timeout + for_the_body + request_.service_wait).earlier_of(deadline_);
  pending_.emplace(client_.http_.start(http, of_attempt));
}

AwsError CallAttempts::error_of(const HttpFailure& failure) const {
  return {.no_answer = failure.error, .may_have_happened = may_have_happened_, .attempts = retry_.attempts()};
}

AwsError CallAttempts::error_of(HttpReply reply) const {
  ServiceFault fault = read_fault(reply.headers, reply.body);
  return {.status = reply.status,
          .code = std::move(fault.code),
          .message = std::move(fault.message),
          .request_id = std::move(fault.request_id),
          .body = std::move(reply.body),
          .may_have_happened = may_have_happened_,
          .attempts = retry_.attempts()};
}

AwsResult<AwsReply> CallAttempts::finish() {
  for (;;) {
    if (not_begun_) return tl::unexpected(AwsError{.no_answer = *not_begun_, .attempts = retry_.attempts()});
    HttpResult result = pending_->get();
    pending_.reset();
    may_have_happened_ = may_have_happened_ || (result && result->is_of_second_sending);
    if (result && result->status >= 200 && result->status < 300) {
      retry_.succeeded();
      return AwsReply{result->status, std::move(result->headers), std::move(result->body), retry_.attempts()};
    }
    const Fields headers = result ? result->headers : Fields();
    const AttemptFailure failure = result ? AttemptFailure{} : judged(result.error());
    AwsError error = result ? error_of(std::move(*result)) : error_of(result.error());
    const auto pause = error.status == 0               ? pause_after(failure)
                       : can_be_mended(error, headers) ? std::optional(std::chrono::milliseconds(0))
                                                       : pause_after(judged(error.status, error.code));
    error.may_have_happened = may_have_happened_;
    if (!pause) return tl::unexpected(std::move(error));
    std::this_thread::sleep_for(*pause);
    begin();
  }
}

std::optional<std::chrono::milliseconds> CallAttempts::pause_after(const AttemptFailure& failure) {
  may_have_happened_ = may_have_happened_ || failure.outcome == Outcome::MayHaveRun;
  return retry_.after(failure);
}

// A refused signature was not executed: to ask again with the right time or other keys is no retry.
bool CallAttempts::can_be_mended(const AwsError& error, const Fields& headers) {
  if (mended_) return false;
  if (is_one_of(kOldCredentials, error.code)) {
    client_.credentials_.refused(credentials_);
    mended_ = true;
  } else if (is_one_of(kWrongClock, error.code)) {
    mended_ = client_.believe_date_of(headers);
  }
  return mended_;
}

}  // namespace tintype::aws
