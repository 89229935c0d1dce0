#include "adapters/aws/json_service.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace tintype::aws {
namespace {

// DynamoDB, BatchGetItem: at most 16 MB; and what JSON adds to it.
constexpr std::size_t kReplyLimit = std::size_t{24} << 20;

}  // namespace

AwsResult<boost::json::object> JsonService::call(std::string_view operation, const boost::json::object& input,
                                                 Deadline deadline, bool idempotent,
                                                 std::chrono::milliseconds service_wait) {
  const std::string body = boost::json::serialize(input);
  const AwsRequest request{.method = "POST",
                           .headers = {{"Content-Type", "application/x-amz-json-1.0"},
                                       {"X-Amz-Target", target_ + '.' + std::string(operation)}},
                           .body = as_bytes(body),
                           .idempotent = idempotent,
                           .reply_limit = kReplyLimit,
                           .service_wait = service_wait};
  auto reply = client_.call(request, deadline);
  if (!reply) return tl::unexpected(std::move(reply.error()));
  if (reply->body.empty()) return boost::json::object();
  boost::json::error_code error;
  auto parsed = boost::json::parse(reply->body, error);
  if (!error && parsed.is_object()) return std::move(parsed.get_object());
  return tl::unexpected(AwsError{.no_answer = {ErrorCode::StoreUnavailable, "the store answers nonsense",
                                               std::string(operation) + ": the answer is no JSON object"},
                                 .may_have_happened = true,
                                 .attempts = reply->attempts});
}

}  // namespace tintype::aws
