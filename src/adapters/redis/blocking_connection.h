#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/redis/redis_codec.h"
#include "adapters/redis/stream.h"

namespace tintype::redis {

// One connection for who wants to know what is wrong with a server, and has time: RedisClient, which serves, only says
// that something is. Nothing is tried again.
//
// Thread safety: one thread at a time, which is also the one that does the work.
class BlockingConnection {
 public:
  struct Options {
    RedisUrl url;
    std::string ca_file = {};  // as RedisClient's
    std::string client_name = "tintype-doctor";
  };

  // Connects and shakes hands. Errors: StoreUnavailable; the detail is what RedisClient would have logged, and never
  // has the password in it.
  static Result<std::unique_ptr<BlockingConnection>> open(const Options& options, Deadline deadline);

  // One reply for each command, which may be an Error. Errors: StoreUnavailable, by `deadline` at the latest; the
  // connection is of no use then.
  Result<std::vector<Reply>> call(std::span<const Command> commands, Deadline deadline);

 private:
  BlockingConnection() = default;

  asio::io_context context_{1};
  std::shared_ptr<Stream> stream_;  // shared with its timers
  ReplyReader reader_;
};

}  // namespace tintype::redis
