#include "adapters/redis/blocking_connection.h"

#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "adapters/redis/dialer.h"

namespace tintype::redis {
namespace {

template <typename T>
Awaitable<void> keep(Awaitable<T> awaited, std::optional<T>& outcome) {
  outcome = co_await std::move(awaited);
}

// Does all that is to be done for `awaited`, on this thread.
template <typename T>
T wait_for(asio::io_context& context, Awaitable<T> awaited) {
  std::optional<T> outcome;
  asio::co_spawn(context, keep(std::move(awaited), outcome), kRethrow);
  context.restart();
  context.run();
  return std::move(*outcome);
}

Awaitable<Result<std::vector<Reply>>> exchange_until(Stream& stream, ReplyReader& reader,
                                                     std::span<const Command> commands, Deadline deadline) {
  const auto limit = stream.close_at(deadline);
  auto replies = co_await exchange(stream, reader, commands);
  if (!replies && !stream.is_open())
    co_return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", "no answer in time");
  co_return replies;
}

}  // namespace

Result<std::unique_ptr<BlockingConnection>> BlockingConnection::open(const Options& options, Deadline deadline) {
  auto connection = std::unique_ptr<BlockingConnection>(new BlockingConnection());  // the constructor is private
  const auto time = deadline.remaining();
  Dialer dialer(connection->context_, {.url = options.url,
                                       .ca_file = options.ca_file,
                                       .client_name = options.client_name,
                                       .connect_timeout = time,
                                       .answer_timeout = time});
  auto dialed = wait_for(connection->context_, dialer.dial());
  if (!dialed) return fail(std::move(dialed.error()));
  connection->stream_ = std::move(*dialed);
  return connection;
}

Result<std::vector<Reply>> BlockingConnection::call(std::span<const Command> commands, Deadline deadline) {
  return wait_for(context_, exchange_until(*stream_, reader_, commands, deadline));
}

}  // namespace tintype::redis
