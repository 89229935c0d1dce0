#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "adapters/redis/operation.h"
#include "adapters/redis/redis_codec.h"
#include "adapters/redis/stream.h"

namespace tintype::redis {

// One open connection with its pipeline: operations go out in order, and Redis answers in order. While a write is under
// way, what is added waits for the next one, and then goes out in one piece.
//
// Thread safety: one thread, that of its io_context. Owned by shared_ptr: by the client, and by its reader and writer
// until they have ended.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Operations = std::deque<std::unique_ptr<Operation>>;
  enum class Loss {
    Closed,   // by the other side, or by the network
    Stalled,  // by us, because nothing came
    Broken,   // by us, because of what came
    Dropped,  // by us, and not for its own fault
  };
  struct Owner {
    virtual ~Owner() = default;
    // All replies are there, or none is wanted any more. May be called for several operations in a row.
    virtual void replied(std::unique_ptr<Operation> operation) = 0;
    // Called once, and nothing after it. `unanswered` are in their order.
    virtual void lost(Connection& connection, Loss loss, const std::string& why, Operations unanswered) = 0;
  };

  Connection(asio::io_context& context, std::shared_ptr<Stream> stream, Owner& owner);

  void start();
  // Puts the operation at the end of the pipeline; flush sends what has been added.
  void add(std::unique_ptr<Operation> operation);
  void flush();
  // Ends it, as lost. Nothing happens if it is already.
  void end(Loss loss, const std::string& why);

  std::size_t outstanding() const { return outstanding_.size(); }
  // Since when it owes replies and has sent nothing; max if it owes none.
  Deadline::Clock::time_point quiet_since() const {
    return outstanding_.empty() ? Deadline::Clock::time_point::max() : quiet_since_;
  }
  // True if something has arrived that is not read yet: then it was us who were slow.
  bool is_readable() { return stream_->is_readable(); }
  // Lets it be quiet for as long again.
  void excuse(Deadline::Clock::time_point now) { quiet_since_ = now; }
  // True if it was good for anything: it has answered, or has lasted for as long as the first step of the back-off.
  bool has_worked() const;

 private:
  Awaitable<void> read();
  Awaitable<void> write();
  Result<void> take_replies(std::string_view bytes);
  Result<void> take(Reply reply);

  asio::io_context& context_;
  const std::shared_ptr<Stream> stream_;
  Owner& owner_;
  ReplyReader reader_;
  Operations outstanding_;  // sent, or about to be
  std::size_t unsent_ = 0;  // so many at the end of outstanding_ are in no write yet
  bool writing_ = false;
  bool ended_ = false;
  bool has_answered_ = false;
  const Deadline::Clock::time_point opened_at_ = Deadline::Clock::now();
  Deadline::Clock::time_point quiet_since_ = opened_at_;
};

}  // namespace tintype::redis
