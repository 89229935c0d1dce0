#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "adapters/redis/redis_url.h"
#include "base/asio/awaitable.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype::redis {

// The certificates that a server's is checked against: the system's, or those of `ca_file` if it is not empty.
Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const std::string& ca_file);

using Transferred = std::tuple<error_code, std::size_t>;  // and how many bytes

// A connection to a Redis server over TCP, TLS or a Unix socket.
//
// Thread safety: one thread, that of its io_context. At most one read and one write at a time. Owned by shared_ptr: by
// whoever uses it, and by the timer that limits connect.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  // `tls` is used, and shared with the other connections, if the URL wants it.
  Stream(asio::io_context& context, std::shared_ptr<asio::ssl::context> tls);

  // Until the connection, TLS included, can be used. Errors: StoreUnavailable, by `deadline` at the latest.
  Awaitable<Result<void>> connect(const RedisUrl& url, Deadline deadline);

  Awaitable<Transferred> read_some(std::span<char> into) {
    const auto buffer = asio::buffer(into.data(), into.size());
    return tls_ ? tls_->async_read_some(buffer, kAwaitOutcome) : socket_.async_read_some(buffer, kAwaitOutcome);
  }
  Awaitable<Transferred> write(std::string_view bytes) {
    const auto buffer = asio::buffer(bytes);
    return tls_ ? asio::async_write(*tls_, buffer, kAwaitOutcome) : asio::async_write(socket_, buffer, kAwaitOutcome);
  }

  // For who wants to know when there is something to read before it is taken: wait, then read_now until would_block.
  // Of TLS, read_now gives all that has been decrypted before it says would_block. Not beside read_some and write.
  Awaitable<std::tuple<error_code>> wait_readable() { return socket_.async_wait(Socket::wait_read, kAwaitOutcome); }
  Transferred read_now(std::span<char> into);
  // All of a few bytes. A connection whose buffer has no room even for these is as good as lost: would_block.
  error_code write_now(std::string_view bytes);

  // True if there are bytes, or the end, that nobody has read yet.
  bool is_readable();
  // Closes the connection once `deadline` has passed, unless the result is gone by then.
  std::unique_ptr<Timer> close_at(Deadline deadline);
  // What is under way ends with an error. May be called again.
  void close();
  bool is_open() const { return socket_.is_open(); }
  // -1 if it is closed.
  int descriptor() { return is_open() ? socket_.native_handle() : -1; }

 private:
  using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;
  using Endpoint = asio::generic::stream_protocol::endpoint;

  Awaitable<error_code> connect_to(const Endpoint& endpoint);
  Awaitable<Result<void>> start_tls(const std::string& host);

  asio::io_context& context_;
  const std::shared_ptr<asio::ssl::context> tls_context_;
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> tls_;
};

}  // namespace tintype::redis
