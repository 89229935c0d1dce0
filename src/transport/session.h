#pragma once

#include "http/dispatcher.h"
#include "transport/connection.h"
#include "transport/lanes.h"

namespace tintype::transport {

struct SessionTimeouts {
  std::chrono::milliseconds header{10'000};  // from a request's first byte to the end of its header
  std::chrono::milliseconds body{30'000};  // from there to the end of the body, plus a second for every 8 KiB received
  std::chrono::milliseconds idle{60'000};  // between requests
};

// What the sessions of one thread share.
struct SessionContext {
  http::Dispatcher& dispatcher;
  Lanes lanes;
  SessionTimeouts timeouts;
  ConnectionSet connections = {};
  bool draining = false;  // answer what is under way, then close
};

// The conversation with one client: HTTP/1.1 with keep-alive and pipelining, until either side ends it. Never throws.
Awaitable<void> serve_connection(Socket socket, SessionContext& context);

}  // namespace tintype::transport
