#include "adapters/aws/aws_client.h"

#include <algorithm>

#include "adapters/aws/call_attempts.h"
#include "adapters/aws/http_date.h"

namespace tintype::aws {

PendingCall::PendingCall(std::unique_ptr<CallAttempts> attempts) : attempts_(std::move(attempts)) {}
PendingCall::~PendingCall() = default;
PendingCall::PendingCall(PendingCall&& other) noexcept = default;

AwsResult<AwsReply> PendingCall::get() {
  return attempts_->finish();
}

AwsClient::AwsClient(HttpClient& http, CredentialProvider& credentials, const Clock& clock, Options options)
    : http_(http),
      credentials_(credentials),
      clock_(clock),
      options_(std::move(options)),
      signer_(options_.region, options_.service, options_.service == "s3" ? kS3Rules : kServiceRules),
      budget_(options_.retry_budget) {}

AwsResult<AwsReply> AwsClient::call(const AwsRequest& request, Deadline deadline) {
  return start(request, deadline).get();
}

PendingCall AwsClient::start(AwsRequest request, Deadline deadline) {
  auto attempts = std::make_unique<CallAttempts>(*this, std::move(request), deadline);
  attempts->begin();
  return PendingCall(std::move(attempts));
}

Result<PresignedUrl> AwsClient::presign(const AwsRequest& request, std::chrono::seconds lifetime, Deadline deadline) {
  const auto credentials = credentials_.get(deadline);
  if (!credentials) return fail(credentials.error());
  UnsignedRequest unsigned_one = unsigned_request(request);
  unsigned_one.payload_hash = kUnsignedPayload;
  const UnixTime now = service_time();
  if (credentials->expires_at) {
    const auto left = std::chrono::floor<std::chrono::seconds>(*credentials->expires_at - now);
    lifetime = std::max(std::min(lifetime, left), std::chrono::seconds(1));
  }
  return PresignedUrl{url(request, signer_.presign(unsigned_one, *credentials, now, lifetime)), lifetime};
}

UnsignedRequest AwsClient::unsigned_request(const AwsRequest& request) const {
  UnsignedRequest result{.method = request.method,
                         .path = options_.endpoint.base_path + request.path,
                         .query = request.query,
                         .headers = request.headers,
                         .payload_hash = payload_hash(request.body)};
  result.headers.emplace_back("Host", options_.endpoint.with_host_prefix(request.host_prefix).authority);
  return result;
}

std::string AwsClient::url(const AwsRequest& request, const SignedRequest& signed_request) const {
  const Endpoint endpoint = options_.endpoint.with_host_prefix(request.host_prefix);
  return endpoint.scheme + "://" + endpoint.authority + signed_request.target;
}

bool AwsClient::believe_date_of(const Fields& headers) {
  const auto date = parse_http_date(field_or_empty(headers, "Date"));
  if (date) clock_offset_ = (*date - clock_.now()).count();
  return date.has_value();
}

}  // namespace tintype::aws
