#pragma once

#include <optional>

#include "adapters/aws/aws_client.h"
#include "adapters/aws/service_fault.h"

namespace tintype::aws {

// One call from its first attempt to its last. One thread.
class CallAttempts {
 public:
  CallAttempts(AwsClient& client, AwsRequest request, Deadline deadline);

  // Signs and sends the next attempt.
  void begin();
  // Waits for it, and makes the further ones.
  AwsResult<AwsReply> finish();

 private:
  AwsError error_of(const HttpFailure& failure) const;
  AwsError error_of(HttpReply reply) const;
  // The pause before the next attempt; nullopt if the call is over.
  std::optional<std::chrono::milliseconds> pause_after(const AttemptFailure& failure);
  bool can_be_mended(const AwsError& error, const Fields& headers);

  AwsClient& client_;
  const AwsRequest request_;
  const Deadline deadline_;
  Retry retry_;
  Credentials credentials_;
  std::optional<Error> not_begun_;  // why the attempt could not be sent
  std::optional<PendingReply> pending_;
  bool mended_ = false;  // clock or credentials were corrected, once
  bool may_have_happened_ = false;
};

}  // namespace tintype::aws
