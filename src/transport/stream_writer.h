#pragma once

#include "http/response.h"
#include "transport/connection.h"

namespace tintype::transport {

struct StreamOptions {
  bool is_chunked = true;                           // else it ends with the connection
  std::chrono::milliseconds stall_timeout{30'000};  // without a byte accepted by the client
};

// Sends a body of unknown length, behind its head, until it ends, `draining` is true, or the client is gone. False if
// the connection is of no more use.
Awaitable<bool> write_stream(Connection& connection, http::StreamBody& body, StreamOptions options,
                             const bool& draining);

}  // namespace tintype::transport
