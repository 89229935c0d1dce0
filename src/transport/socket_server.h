#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics/metrics.h"
#include "base/result.h"
#include "http/dispatcher.h"
#include "transport/lanes.h"
#include "transport/session.h"

namespace tintype::transport {

struct ServerOptions {
  std::string listen;  // "host:port"; "[::1]:8080"; port 0 for a free one
  int threads = 1;
  int max_connections = 10'000;
  SessionTimeouts timeouts;
};

// Serves HTTP/1.1 on a TCP port: one thread, one io_context and one listening socket per core (SO_REUSEPORT), so that a
// connection never leaves its thread.
//
// Thread safety: begin_drain() and drained() may be called from any thread.
class SocketServer {
 public:
  // Binds and listens, so that a port in use is known before anything else starts. Error: StoreUnavailable; the message
  // says which address and why.
  static Result<std::unique_ptr<SocketServer>> listen(const ServerOptions& options, MetricsRegistry& metrics,
                                                      const Logger& log);
  ~SocketServer();

  // "127.0.0.1:8080", with the port that was really taken.
  const std::string& address() const { return address_; }

  // Starts to accept. Everything in `dispatcher` and `lanes` must outlive the server.
  void start(http::Dispatcher& dispatcher, Lanes lanes);

  // Stops accepting, lets what is under way finish, and closes idle connections.
  void begin_drain();
  // True once every connection has ended after begin_drain().
  bool drained() const { return running_loops_ == 0; }

 private:
  struct Loop;
  SocketServer(ServerOptions options, MetricsRegistry& metrics, const Logger& log);
  Result<void> bind();
  void run(Loop& loop);
  Awaitable<void> accept(Loop& loop);
  Awaitable<void> sweep(Loop& loop);

  const ServerOptions options_;
  const Logger& log_;
  std::string address_;
  prometheus::Gauge& open_connections_;
  prometheus::Counter& refused_connections_;
  std::atomic<int> connection_count_{0};
  std::atomic<int> running_loops_{0};
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace tintype::transport
