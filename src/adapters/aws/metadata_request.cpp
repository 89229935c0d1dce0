#include "adapters/aws/metadata_request.h"

#include "adapters/aws/credentials_answer.h"

namespace tintype::aws {
namespace {

bool is_final(const HttpResult& result) {
  if (!result) return result.error().error.code == ErrorCode::Overloaded;
  return result->status != 429 && result->status < 500;
}

}  // namespace

HttpResult ask_metadata(HttpClient& http, HttpRequest request, const MetadataPatience& patience, Deadline deadline) {
  request.direct = true;
  request.reply_limit = kMetadataLimit;
  for (int attempt = 1;; ++attempt) {
    auto result = http.send(request, deadline.earlier_of(Deadline::after(patience.attempt_timeout)));
    if (is_final(result) || attempt >= patience.attempts || deadline.expired()) return result;
  }
}

Error error_of(const HttpFailure& failure, Deadline deadline) {
  if (failure.error.code == ErrorCode::Overloaded) return failure.error;
  if (!deadline.expired()) return no_credentials(failure.error.detail);
  return {ErrorCode::DeadlineExceeded, "the store took too long; try again later", failure.error.detail};
}

}  // namespace tintype::aws
