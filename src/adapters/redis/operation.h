#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype::redis {

using Replies = Result<std::vector<Reply>>;

struct Operation;
using DeadlineIndex = std::multimap<Deadline::Clock::time_point, Operation*>;

// A pipeline of commands on its way. After it has been answered, because its deadline passed, it stays where it is as
// the place that its replies will come to, and be dropped at.
//
// Thread safety: none of its own; it is handed from the caller to the client's thread.
struct Operation {
  std::string bytes;  // of all commands, kept in case they must be sent again
  std::size_t commands = 0;
  Deadline deadline = Deadline::never();
  std::function<void(Replies)> done;  // empty once it has been called
  std::vector<Reply> replies = {};
  std::size_t dropped = 0;           // replies that came too late
  int sends = 0;                     // connections that it has been given to
  DeadlineIndex::iterator due = {};  // valid while is_indexed
  bool is_indexed = false;

  bool is_answered() const { return done == nullptr; }
  bool has_all_replies() const { return replies.size() + dropped == commands; }
  void answer(Replies result) {
    if (auto call = std::exchange(done, nullptr)) call(std::move(result));
  }
};

}  // namespace tintype::redis
