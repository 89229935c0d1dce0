#pragma once

#include <boost/asio/buffer.hpp>
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

// Sends one response: the head formatted by hand, text gathered with it in one write, files by sendfile(2); of one with
// a StreamBody the head only (stream_writer.h).
// `pool` reads bodies that are no file. False if the connection is of no more use.
Awaitable<bool> write_response(Connection& connection, const http::Request& request, http::Response& response,
                               WriteOptions options, BoundedExecutor& pool);

// False if the client has accepted nothing for so long, or is gone.
Awaitable<bool> write_all(Connection& connection, asio::const_buffer bytes, std::chrono::milliseconds stall_timeout);

}  // namespace tintype::transport
