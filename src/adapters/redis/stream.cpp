#include "adapters/redis/stream.h"

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <cstdlib>

#include "adapters/redis/resolve.h"

namespace tintype::redis {
namespace {

tl::unexpected<Error> unavailable(std::string why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", std::move(why));
}

}  // namespace

Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const std::string& ca_file) {
  try {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    error_code error;
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->set_verify_mode(asio::ssl::verify_peer, error);
    if (!error && ca_file.empty()) context->set_default_verify_paths(error);
    if (!error && !ca_file.empty()) context->load_verify_file(ca_file, error);
    if (error) return unavailable("cannot read the certificates of " + ca_file + ": " + error.message());
    return context;
  } catch (const boost::system::system_error& error) {
    return unavailable(std::string("OpenSSL: ") + error.what());
  }
}

Stream::Stream(asio::io_context& context, std::shared_ptr<asio::ssl::context> tls)
    : context_(context), tls_context_(std::move(tls)), socket_(context) {}

Awaitable<Result<void>> Stream::connect(const RedisUrl& url, Deadline deadline) {
  const auto endpoints = co_await resolve(context_, url, deadline);
  if (!endpoints) co_return fail(endpoints.error());
  const auto limit = close_at(deadline);
  error_code error;
  for (const Endpoint& endpoint : *endpoints) {
    error = co_await connect_to(endpoint);
    if (!error || deadline.expired()) break;
  }
  if (error) co_return unavailable(deadline.expired() ? "no connection in time" : error.message());
  if (url.transport == RedisUrl::Transport::Tls) co_return co_await start_tls(url.host);
  co_return Result<void>{};
}

// Asio's own open() would leave the descriptor to be inherited by what the process starts meanwhile.
Awaitable<error_code> Stream::connect_to(const Endpoint& endpoint) {
  close();
  error_code error;
  const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return error_code(errno, boost::system::system_category());
  socket_.assign(endpoint.protocol(), fd, error);
  if (error) {
    ::close(fd);
    co_return error;
  }
  std::tie(error) = co_await socket_.async_connect(endpoint, kAwaitOutcome);
  if (error) co_return error;
  socket_.non_blocking(true, error);
  if (endpoint.protocol().family() != AF_UNIX) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  }
  co_return error;
}

Awaitable<Result<void>> Stream::start_tls(const std::string& host) {
  tls_.emplace(socket_, *tls_context_);
  error_code error;
  tls_->set_verify_callback(asio::ssl::host_name_verification(host), error);
  error_code is_name;
  asio::ip::make_address(host, is_name);
  // RFC 6066 section 3: an address is not to be sent as the server's name.
  if (is_name) SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  if (!error) std::tie(error) = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwaitOutcome);
  if (error) co_return unavailable("TLS: " + error.message());
  co_return Result<void>{};
}

Transferred Stream::read_now(std::span<char> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  error_code error;
  const std::size_t size = tls_ ? tls_->read_some(buffer, error) : socket_.read_some(buffer, error);
  return {error, size};
}

error_code Stream::write_now(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes);
  error_code error;
  const std::size_t size = tls_ ? tls_->write_some(buffer, error) : socket_.write_some(buffer, error);
  return !error && size < bytes.size() ? error_code(asio::error::would_block) : error;
}

bool Stream::is_readable() {
  char byte = 0;
  const int fd = descriptor();
  if (fd < 0) return false;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

std::unique_ptr<Timer> Stream::close_at(Deadline deadline) {
  auto timer = std::make_unique<Timer>(context_, deadline.time_point());
  timer->async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled) self->close();
  });
  return timer;
}

// Taken from Asio before it is closed: on close Asio leaves it to the kernel to forget the registration with epoll,
// which the kernel does only when no other descriptor is left of the same socket (RedisSubscription has one).
void Stream::close() {
  if (!socket_.is_open()) return;
  error_code ignored;
  const int fd = socket_.release(ignored);
  if (fd >= 0) ::close(fd);
}

}  // namespace tintype::redis
