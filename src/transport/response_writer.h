#pragma once

#include <string>

#include "base/bounded_executor.h"
#include "http/request.h"
#include "http/response.h"
#include "transport/connection.h"

namespace tintype::transport {

struct WriteOptions {
  bool head_only = false;  // HEAD: everything but the body
  bool keep_alive = true;
  int http_minor = 1;                               // of the request: 1.0 must be told that the connection stays open
  std::chrono::milliseconds stall_timeout{30'000};  // without a byte accepted by the client
};

// Sends one response: the head formatted by hand, text gathered with it in one write, files by sendfile(2).
// `pool` reads bodies that are no file. False if the connection is of no more use.
Awaitable<bool> write_response(Connection& connection, const http::Request& request, http::Response& response,
                               WriteOptions options, BoundedExecutor& pool);

}  // namespace tintype::transport
