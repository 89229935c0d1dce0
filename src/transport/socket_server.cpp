#include "transport/socket_server.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <optional>

#include "base/text.h"

namespace tintype::transport {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using asio::ip::tcp;

constexpr auto kSweepInterval = std::chrono::milliseconds(200);

tl::unexpected<Error> cannot_listen(const std::string& where, const std::string& why) {
  return fail(ErrorCode::StoreUnavailable, "cannot listen on " + where + ": " + why);
}

Result<tcp::endpoint> parse_endpoint(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : parse_unsigned(std::string_view(listen).substr(colon + 1));
  if (!port || *port > 65535) return cannot_listen(listen, "it must be host:port, such as 127.0.0.1:8080");
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty() || host == "*") host = "0.0.0.0";
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return cannot_listen(listen, "\"" + host + "\" is not an IP address");
  return tcp::endpoint(address, static_cast<std::uint16_t>(*port));
}

std::string to_text(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(endpoint.port());
}

// Opens a listening socket; `shared` lets the other loops listen on the same port.
error_code open_acceptor(Acceptor& acceptor, const tcp::endpoint& endpoint, bool shared) {
  constexpr int kBacklog = 4096;
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  const int on = 1;
  if (shared) ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  acceptor.bind(endpoint, error);
  if (error) return error;
  acceptor.listen(kBacklog, error);
  return error;
}

}  // namespace

struct SocketServer::Loop {
  asio::io_context context{1};
  Acceptor acceptor{context};
  Timer sweep_timer{context};
  std::optional<SessionContext> sessions;
  std::thread thread;
};

SocketServer::SocketServer(ServerOptions options, MetricsRegistry& metrics, const Logger& log)
    : options_(std::move(options)),
      log_(log),
      open_connections_(metrics.gauge("tintype_http_connections", "Open client connections.")),
      refused_connections_(metrics.counter("tintype_http_connections_refused_total",
                                           "Connections closed at once because max-connections were open.")) {}

Result<std::unique_ptr<SocketServer>> SocketServer::listen(const ServerOptions& options, MetricsRegistry& metrics,
                                                           const Logger& log) {
  auto server = std::unique_ptr<SocketServer>(new SocketServer(options, metrics, log));  // the constructor is private
  if (auto bound = server->bind(); !bound) return fail(bound.error());
  return server;
}

Result<void> SocketServer::bind() {
  auto endpoint = parse_endpoint(options_.listen);
  if (!endpoint) return fail(endpoint.error());
  {
    // With SO_REUSEPORT a second server of the same user would get the port as well, and half of our clients; without
    // it this fails if anybody listens.
    asio::io_context probe_context;
    Acceptor probe(probe_context);
    if (const error_code error = open_acceptor(probe, *endpoint, false))
      return cannot_listen(to_text(*endpoint), error.message());
  }
  for (int i = 0; i < options_.threads; ++i) {
    auto loop = std::make_unique<Loop>();
    if (const error_code error = open_acceptor(loop->acceptor, *endpoint, true))
      return cannot_listen(to_text(*endpoint), error.message());
    endpoint->port(loop->acceptor.local_endpoint().port());
    loops_.push_back(std::move(loop));
  }
  address_ = to_text(*endpoint);
  return {};
}

SocketServer::~SocketServer() {
  for (auto& loop : loops_) {
    loop->context.stop();
    if (loop->thread.joinable()) loop->thread.join();
  }
}

void SocketServer::start(http::Dispatcher& dispatcher, Lanes lanes) {
  running_loops_ = static_cast<int>(loops_.size());
  for (auto& loop : loops_) {
    loop->sessions.emplace(SessionContext{dispatcher, lanes, options_.timeouts});
    loop->thread = std::thread([this, &one = *loop] { run(one); });
    pthread_setname_np(loop->thread.native_handle(), "io");
  }
}

void SocketServer::run(Loop& loop) {
  // An exception here is a bug: sessions handle their own errors. Ending the process beats serving half-dead.
  const auto rethrow = [](const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
  };
  asio::co_spawn(loop.context, accept(loop), rethrow);
  asio::co_spawn(loop.context, sweep(loop), rethrow);
  loop.context.run();
  --running_loops_;
}

Awaitable<void> SocketServer::accept(Loop& loop) {
  for (;;) {
    auto [error, socket] = co_await loop.acceptor.async_accept(kAwaitOutcome);
    if (!loop.acceptor.is_open()) co_return;
    if (error) {  // mostly out of descriptors: give those in use a moment to be closed
      log_.warn("a connection was not accepted", {{"error", error.message()}});
      Timer pause(loop.context, std::chrono::milliseconds(100));
      co_await pause.async_wait(kAwaitOutcome);
      continue;
    }
    if (connection_count_ >= options_.max_connections) {
      refused_connections_.Increment();
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    ++connection_count_;
    open_connections_.Increment();
    auto ended = [this](const std::exception_ptr& exception) {
      --connection_count_;
      open_connections_.Decrement();
      if (exception) log_.error("a session ended with an exception");
    };
    asio::co_spawn(loop.context, serve_connection(std::move(socket), *loop.sessions), std::move(ended));
  }
}

Awaitable<void> SocketServer::sweep(Loop& loop) {
  while (!loop.sessions->draining || loop.sessions->connections.size() > 0) {
    loop.sweep_timer.expires_after(kSweepInterval);
    co_await loop.sweep_timer.async_wait(kAwaitOutcome);
    loop.sessions->connections.cancel_expired(std::chrono::steady_clock::now());
  }
}

void SocketServer::begin_drain() {
  for (auto& loop : loops_) {
    asio::post(loop->context, [&one = *loop] {
      error_code ignored;
      one.acceptor.close(ignored);
      one.sessions->draining = true;
      one.sessions->connections.cancel_idle();
      one.sweep_timer.cancel();
    });
  }
}

}  // namespace tintype::transport
