#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "adapters/aws/json_service.h"
#include "adapters/queue_sqs/message.h"
#include "adapters/queue_sqs/queue_address.h"

namespace tintype::sqs {

// The longest lease and delay that SQS has.
inline constexpr std::chrono::seconds kLongestVisibility{12 * 60 * 60};
// The longest that one call waits for messages.
inline constexpr std::chrono::seconds kLongestPoll{20};
// Messages of one call.
inline constexpr int kBatch = 10;
// What the messages of one call may measure together, and so also one of them.
inline constexpr std::size_t kBatchBytes = std::size_t{256} << 10;

// By name, as SQS has them: numbers are texts, too.
using Attributes = std::map<std::string, std::string>;

// One queue, and the operations of SQS that the adapter needs (Amazon SQS API Reference, 2012-11-05, JSON protocol).
//
// Errors, unless said otherwise: StoreUnavailable, also if there is no such queue; DeadlineExceeded, Overloaded, and
// Internal for a request that was wrong. A call whose answer is lost is made again.
//
// Thread safety: all methods may be called concurrently.
class Queue {
 public:
  // `client` is one for "sqs" and must outlive it. `retry`: of what failed in a batch.
  Queue(aws::AwsClient& client, QueueAddress address, aws::RetryPolicy retry);

  const QueueAddress& address() const { return address_; }

  // All of them, in as few calls as there may be, or an error, and then some may have been sent. Some may be sent
  // twice.
  Result<void> send(std::span<const Letter> letters, Deadline deadline);

  struct Poll {
    int limit = kBatch;
    std::chrono::seconds visibility{};  // for which nobody else gets them
    std::chrono::seconds wait{};        // for the first; at most kLongestPoll
  };
  // A call that ends at the deadline may have taken messages, which then come again after their visibility time-out.
  Result<std::vector<Message>> receive(const Poll& poll, Deadline deadline);

  // Nobody else gets the message for that long from now on. False: its receipt is no longer good for that.
  Result<bool> hide(const std::string& receipt, std::chrono::seconds visibility, Deadline deadline);

  // The messages of these receipts are gone. A receipt that is too old is no error.
  Result<void> remove(std::span<const std::string> receipts, Deadline deadline);

  // Those of `names` that it has. NotFound if there is no such queue.
  Result<Attributes> attributes(const std::vector<std::string>& names, Deadline deadline);
  Result<void> set_attributes(const Attributes& attributes, Deadline deadline);
  // Makes it; one that is there is no error, and stays as it is.
  Result<void> create(const Attributes& attributes, Deadline deadline);

  // An operation on this queue by its name: the member QueueUrl is added. `service_wait`: see AwsRequest.
  aws::AwsResult<boost::json::object> call(std::string_view operation, boost::json::object input, Deadline deadline,
                                           std::chrono::milliseconds service_wait = {});

 private:
  aws::AwsResult<std::string> url(Deadline deadline);
  // `entries` are at most kBatch and have ids of their own. Those that fail, for no fault of theirs, are tried again. A
  // fault whose code is `harmless` is none.
  Result<void> call_batch(std::string_view operation, std::vector<boost::json::object> entries,
                          std::string_view harmless, Deadline deadline);

  aws::JsonService service_;
  const QueueAddress address_;
  const aws::RetryPolicy retry_;
  aws::RetryBudget budget_;
  std::mutex mutex_;
  std::string url_;  // guarded by mutex_; empty: not known yet
};

}  // namespace tintype::sqs
