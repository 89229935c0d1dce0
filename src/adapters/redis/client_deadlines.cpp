// DESIGN
// One timer for all: it is set to the earliest of the deadlines and of the times at which a quiet connection counts as
// stalled, and moved only to an earlier time. When it fires for what has been answered meanwhile, it is set anew.
#include <algorithm>

#include "adapters/redis/client_loop.h"

namespace tintype::redis {

void ClientLoop::index(Operation& operation) {
  if (operation.deadline.is_never()) return;
  operation.due = deadlines_.emplace(operation.deadline.time_point(), &operation);
  operation.is_indexed = true;
}

void ClientLoop::unindex(Operation& operation) {
  if (std::exchange(operation.is_indexed, false)) deadlines_.erase(operation.due);
}

ClientLoop::TimePoint ClientLoop::next_event() const {
  TimePoint next = deadlines_.empty() ? TimePoint::max() : deadlines_.begin()->first;
  for (const auto& connection : connections_) {
    const TimePoint quiet_since = connection->quiet_since();
    if (quiet_since != TimePoint::max()) next = std::min(next, quiet_since + options_.stalled_after);
  }
  return next;
}

void ClientLoop::arm_timer() {
  const TimePoint next = next_event();
  if (next >= timer_at_) return;
  timer_at_ = next;
  timer_.expires_at(next);
  timer_.async_wait([this](error_code cancelled) {
    if (!cancelled) on_timer();
  });
}

void ClientLoop::on_timer() {
  timer_at_ = TimePoint::max();
  const TimePoint now = Deadline::Clock::now();
  end_overdue(now);
  end_stalled(now);
  arm_timer();
}

// Only told: the operation stays where it is, for the replies that are owed to it.
void ClientLoop::end_overdue(TimePoint now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Operation& operation = *deadlines_.begin()->second;
    unindex(operation);
    ++timeouts_;
    operation.answer(fail(ErrorCode::DeadlineExceeded, "the store did not answer in time", "redis"));
  }
}

void ClientLoop::end_stalled(TimePoint now) {
  std::vector<std::shared_ptr<Connection>> stalled;
  std::vector<std::shared_ptr<Connection>> idle;
  for (const auto& connection : connections_) {
    const TimePoint quiet_since = connection->quiet_since();
    if (quiet_since == TimePoint::max()) {
      idle.push_back(connection);
    } else if (now - quiet_since < options_.stalled_after) {
      continue;
    } else if (connection->is_readable()) {
      connection->excuse(now);
    } else {
      stalled.push_back(connection);
    }
  }
  if (stalled.empty()) return;
  // Those would be the next to keep somebody waiting: it is the server that hangs, hardly ever one connection.
  for (const auto& connection : idle) connection->end(Connection::Loss::Dropped, "redis hangs");
  for (const auto& connection : stalled)
    connection->end(Connection::Loss::Stalled, "redis owes replies and sends none");
}

}  // namespace tintype::redis
