#include "adapters/redis/resolve.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>

namespace tintype::redis {
namespace {

using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;
using Endpoints = std::vector<asio::generic::stream_protocol::endpoint>;

// getaddrinfo cannot be stopped. So the coroutine waits for a timer, which the resolver's answer cuts short, and leaves
// the resolver to end when it likes. Shared by the two.
struct Lookup {
  explicit Lookup(asio::io_context& context) : resolver(context), timer(context) {}
  Resolver resolver;
  Timer timer;
  bool answered = false;
  error_code error;
  Endpoints endpoints;
};

tl::unexpected<Error> not_found(const std::string& host, const std::string& why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later",
              "no address for " + host + ": " + why);
}

}  // namespace

Awaitable<Result<Endpoints>> resolve(asio::io_context& context, const RedisUrl& url, Deadline deadline) {
  if (url.transport == RedisUrl::Transport::Unix) co_return Endpoints{asio::local::stream_protocol::endpoint(url.path)};
  error_code not_an_address;
  const auto address = asio::ip::make_address(url.host, not_an_address);
  if (!not_an_address) co_return Endpoints{asio::ip::tcp::endpoint(address, url.port)};
  const auto lookup = std::make_shared<Lookup>(context);
  lookup->timer.expires_at(deadline.time_point());
  lookup->resolver.async_resolve(url.host, std::to_string(url.port), [lookup](error_code error, const auto& results) {
    lookup->answered = true;
    lookup->error = error;
    for (const auto& result : results) lookup->endpoints.emplace_back(result.endpoint());
    lookup->timer.cancel();
  });
  if (!lookup->answered) co_await lookup->timer.async_wait(kAwaitOutcome);
  if (!lookup->answered) {
    lookup->resolver.cancel();
    co_return not_found(url.host, "the resolver did not answer in time");
  }
  if (lookup->error) co_return not_found(url.host, lookup->error.message());
  if (lookup->endpoints.empty()) co_return not_found(url.host, "the resolver knows none");
  co_return std::move(lookup->endpoints);
}

}  // namespace tintype::redis
