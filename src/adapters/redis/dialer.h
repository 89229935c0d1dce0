#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/redis/redis_codec.h"
#include "adapters/redis/stream.h"

namespace tintype::redis {

// Opens connections to one server: connects, and shakes hands. A server that is stopped (SIGSTOP) still accepts; it
// counts as reached only once it has answered.
//
// Thread safety: one thread, that of the io_context.
class Dialer {
 public:
  struct Options {
    RedisUrl url;
    std::string ca_file;
    std::string client_name;
    std::chrono::milliseconds connect_timeout;  // for all of it
    std::chrono::milliseconds answer_timeout;   // for the answer to the handshake
  };
  Dialer(asio::io_context& context, Options options);

  // A connection on which nothing is under way. Errors: StoreUnavailable.
  Awaitable<Result<std::shared_ptr<Stream>>> dial();

 private:
  asio::io_context& context_;
  const Options options_;
  const Result<std::shared_ptr<asio::ssl::context>> tls_;  // null if the URL wants none
};

// Sends the commands and reads as many replies. Errors: StoreUnavailable; the stream is of no use then.
Awaitable<Result<std::vector<Reply>>> exchange(Stream& stream, ReplyReader& reader, std::span<const Command> commands);

}  // namespace tintype::redis
