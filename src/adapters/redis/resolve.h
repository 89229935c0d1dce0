#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <vector>

#include "adapters/redis/redis_url.h"
#include "base/asio/awaitable.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype::redis {

// The addresses of a server, in the order in which to try them; at least one. Errors: StoreUnavailable, by `deadline`
// at the latest, however long the system's resolver takes.
Awaitable<Result<std::vector<asio::generic::stream_protocol::endpoint>>> resolve(asio::io_context& context,
                                                                                 const RedisUrl& url,
                                                                                 Deadline deadline);

}  // namespace tintype::redis
