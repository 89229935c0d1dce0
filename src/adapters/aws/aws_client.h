#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "adapters/aws/aws_error.h"
#include "adapters/aws/credential_provider.h"
#include "adapters/aws/endpoint.h"
#include "adapters/aws/http_client.h"
#include "adapters/aws/retry.h"
#include "adapters/aws/sigv4.h"

namespace tintype::aws {

// One call of a service, before it is signed.
struct AwsRequest {
  std::string method = "GET";
  std::string path = "/";                // decoded; the endpoint's base path is put before it
  Fields query = {};                     // decoded
  Fields headers = {};                   // all are signed; Host and x-amz-… of the signature are added
  std::string host_prefix = {};          // "bucket." for a virtual host
  std::span<const std::byte> body = {};  // borrowed until the call has ended
  // False for a call that must not be executed twice: it is sent again only if it certainly was not executed.
  bool idempotent = true;
  std::size_t reply_limit = std::size_t{1} << 20;  // bytes
  // How long the service has been asked to wait before it answers (long polling): an attempt has so much more time.
  std::chrono::milliseconds service_wait{0};
};

struct AwsReply {
  int status = 0;  // 2xx
  Fields headers = {};
  std::string body = {};
  int attempts = 1;
};

struct PresignedUrl {
  std::string text;
  std::chrono::seconds lifetime;  // from now on
};

class CallAttempts;

// A call whose first attempt is on its way. Must not outlive the client. Destroying it ends the call.
class PendingCall {
 public:
  explicit PendingCall(std::unique_ptr<CallAttempts> attempts);
  ~PendingCall();
  PendingCall(PendingCall&& other) noexcept;
  PendingCall& operator=(PendingCall&&) = delete;

  // Blocks until the call is over, with further attempts if need be. To be called once.
  AwsResult<AwsReply> get();

 private:
  std::unique_ptr<CallAttempts> attempts_;
};

// Calls one service: signs, sends, and tries again what is worth it, each attempt with a signature of its own, within
// the deadline of the call and the retry budget of the client.
//
// If a service says that our clock is wrong, its Date is believed from then on, and the call is tried once more. If it
// says that the credentials are not valid, they are fetched again, once.
//
// Thread safety: all methods may be called concurrently. What it is given by reference must outlive it.
class AwsClient {
 public:
  struct Options {
    std::string service;  // as in the signature: "s3", "dynamodb", "sqs"
    std::string region;
    Endpoint endpoint;
    RetryPolicy retry = {};
    int retry_budget = 500;
    // For one attempt, so that a server that hangs leaves time for another; and a second more for each MiB of body.
    std::chrono::milliseconds attempt_timeout{10'000};
  };
  // Signs with kS3Rules for "s3", with kServiceRules for all others.
  AwsClient(HttpClient& http, CredentialProvider& credentials, const Clock& clock, Options options);

  // A status of 2xx is success, all others are an AwsError.
  AwsResult<AwsReply> call(const AwsRequest& request, Deadline deadline);

  // Sends the first attempt and returns; the rest happens in PendingCall::get. For calls that overlap.
  PendingCall start(AwsRequest request, Deadline deadline);

  // A URL that is signed by itself, for `lifetime` (1 s to 7 days), or until the credentials expire if that is sooner.
  // Method, path, query, headers and host_prefix of `request` count. Errors: those of CredentialProvider::get.
  Result<PresignedUrl> presign(const AwsRequest& request, std::chrono::seconds lifetime, Deadline deadline);

  const Endpoint& endpoint() const { return options_.endpoint; }
  const std::string& region() const { return options_.region; }

  // What is added to our clock to get the service's.
  std::chrono::milliseconds clock_offset() const { return std::chrono::milliseconds(clock_offset_.load()); }

 private:
  friend class CallAttempts;
  UnixTime service_time() const { return clock_.now() + clock_offset(); }
  UnsignedRequest unsigned_request(const AwsRequest& request) const;
  std::string url(const AwsRequest& request, const SignedRequest& signed_request) const;
  // False if the answer does not tell the time.
  bool believe_date_of(const Fields& headers);

  HttpClient& http_;
  CredentialProvider& credentials_;
  const Clock& clock_;
  const Options options_;
  const Signer signer_;
  RetryBudget budget_;
  std::atomic<std::int64_t> clock_offset_{0};  // ms
};

}  // namespace tintype::aws
