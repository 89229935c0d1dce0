// RESP2, by hiredis: bytes of commands from commands, replies from bytes. No sockets.
#pragma once

#include <hiredis/read.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/redis/redis_reply.h"
#include "base/result.h"

namespace tintype::redis {

// Appends the command as an array of bulk strings. An empty command is a bug: Redis would not answer it.
void append_command(const Command& command, std::string& out);

// Takes replies out of a stream of bytes, however it is cut.
//
// After an error (StoreUnavailable: not RESP2, or a reply beyond the limits) the stream has no meaning any more and the
// reader must not be used. hiredis allows arrays in arrays seven deep.
//
// Thread safety: one thread.
class ReplyReader {
 public:
  struct Limits {
    std::size_t bytes = std::size_t{64} << 20;  // of one reply on the wire
    // Of one reply, at all depths: four bytes on the wire are a whole Reply in memory.
    std::size_t elements = std::size_t{1} << 20;
  };

  ReplyReader() : ReplyReader(Limits{}) {}
  explicit ReplyReader(Limits limits);
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Adds bytes as they came from the server. Whole replies should be taken out before the next call.
  Result<void> feed(std::string_view bytes);
  // The next whole reply, nullopt if more bytes are needed first.
  Result<std::optional<Reply>> next();

  // hiredis calls these to make a reply; not for others.
  Reply* add(const redisReadTask* task, Reply::Type type);

 private:
  struct Free {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
  };

  const Limits limits_;
  std::unique_ptr<redisReader, Free> reader_;
  Reply root_;                    // the reply being made
  std::size_t elements_ = 0;      // in it
  std::size_t unused_bytes_ = 0;  // that belong to it or come after it
};

}  // namespace tintype::redis
