#include "transport/linger.h"

#include <boost/asio/buffer.hpp>
#include <memory>

namespace tintype::transport {

Awaitable<void> linger(Connection& connection) {
  constexpr std::uint64_t kMostBytes = 4 * 1024 * 1024;
  constexpr std::size_t kRead = 64 * 1024;
  constexpr auto kLongest = std::chrono::seconds(2);
  error_code ignored;
  connection.socket.shutdown(Socket::shutdown_send, ignored);
  connection.expect(Connection::Phase::Reading, kLongest);
  const auto dropped_bytes = std::make_unique_for_overwrite<std::byte[]>(kRead);
  for (std::uint64_t dropped = 0; dropped < kMostBytes;) {
    auto [error, received] =
        co_await connection.socket.async_read_some(asio::buffer(dropped_bytes.get(), kRead), kAwaitOutcome);
    if (error) co_return;
    dropped += received;
  }
}

}  // namespace tintype::transport
