#include "adapters/redis/dialer.h"

#include <array>

#include "adapters/redis/handshake.h"

namespace tintype::redis {
namespace {

tl::unexpected<Error> unavailable(std::string why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", std::move(why));
}

}  // namespace

Dialer::Dialer(asio::io_context& context, Options options)
    : context_(context),
      options_(std::move(options)),
      tls_(options_.url.transport == RedisUrl::Transport::Tls ? make_tls_context(options_.ca_file)
                                                              : Result<std::shared_ptr<asio::ssl::context>>(nullptr)) {}

Awaitable<Result<std::shared_ptr<Stream>>> Dialer::dial() {
  if (!tls_) co_return fail(tls_.error());
  const Deadline deadline = Deadline::after(options_.connect_timeout);
  auto stream = std::make_shared<Stream>(context_, *tls_);
  if (auto connected = co_await stream->connect(options_.url, deadline); !connected)
    co_return fail(std::move(connected.error()));
  const std::vector<Command> commands = handshake(options_.url, options_.client_name);
  const auto limit = stream->close_at(deadline.earlier_of(Deadline::after(options_.answer_timeout)));
  ReplyReader reader;
  auto replies = co_await exchange(*stream, reader, commands);
  if (!replies)
    co_return stream->is_open() ? fail(std::move(replies.error())) : unavailable("no answer to the handshake in time");
  if (auto good = check_handshake(commands, *replies); !good) co_return fail(std::move(good.error()));
  co_return stream;
}

Awaitable<Result<std::vector<Reply>>> exchange(Stream& stream, ReplyReader& reader, std::span<const Command> commands) {
  std::string bytes;
  for (const Command& command : commands) append_command(command, bytes);
  const auto [not_written, written] = co_await stream.write(bytes);
  if (not_written) co_return unavailable(not_written.message());
  std::vector<Reply> replies;
  std::array<char, 4096> buffer;
  while (replies.size() < commands.size()) {
    auto next = reader.next();
    if (!next) co_return fail(std::move(next.error()));
    if (*next) {
      replies.push_back(std::move(**next));
      continue;
    }
    const auto [error, size] = co_await stream.read_some(buffer);
    if (error) co_return unavailable(error.message());
    if (auto fed = reader.feed({buffer.data(), size}); !fed) co_return fail(std::move(fed.error()));
  }
  co_return replies;
}

}  // namespace tintype::redis
