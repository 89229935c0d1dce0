#pragma once

#include <chrono>

#include "adapters/aws/http_client.h"
#include "base/result.h"

namespace tintype::aws {

// How long a metadata service is waited for. It is on the machine or not there at all.
struct MetadataPatience {
  std::chrono::milliseconds attempt_timeout{1000};
  int attempts = 2;
};

// The longest answer that is taken. Credentials are about 2 KiB.
inline constexpr std::size_t kMetadataLimit = std::size_t{64} << 10;

// Sends `request`, past all proxies, and again, without a pause, after a failure, a 429 or a 5xx while there are
// attempts and time left. Gives the last answer or failure.
HttpResult ask_metadata(HttpClient& http, HttpRequest request, const MetadataPatience& patience, Deadline deadline);

// What a source makes of `failure`: DeadlineExceeded if `deadline`, that of all attempts, has passed; Overloaded if the
// client was; else StoreUnavailable.
Error error_of(const HttpFailure& failure, Deadline deadline);

}  // namespace tintype::aws
