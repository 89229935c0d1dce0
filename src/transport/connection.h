#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <unordered_set>

#include "transport/asio_types.h"

namespace tintype::transport {

// One client's connection, on one thread.
struct Connection {
  enum class Phase { Idle, Reading, Working, Writing };

  explicit Connection(Socket accepted) : socket(std::move(accepted)) {}

  void expect(Phase next, std::chrono::steady_clock::time_point by) {
    phase = next;
    expires = by;
  }
  void expect(Phase next, std::chrono::milliseconds within) { expect(next, std::chrono::steady_clock::now() + within); }

  Socket socket;
  Phase phase = Phase::Idle;
  std::chrono::steady_clock::time_point expires = std::chrono::steady_clock::time_point::max();
  bool timed_out = false;           // its operation was cancelled because `expires` passed
  std::function<void()> wake = {};  // ends what it waits for besides the client (Vigil)
};

// The connections of one thread. A sweep a few times a second replaces a timer per operation, which costs 20 % of a
// small request's time; time-outs are that much coarser.
class ConnectionSet {
 public:
  void add(Connection& connection) { connections_.insert(&connection); }
  void remove(Connection& connection) { connections_.erase(&connection); }
  std::size_t size() const { return connections_.size(); }

  // Cancels what each overdue connection waits for.
  void cancel_expired(std::chrono::steady_clock::time_point now);
  // Cancels the waiting for a next request, and ends that for what happens elsewhere.
  void cancel_idle();

 private:
  std::unordered_set<Connection*> connections_;
};

}  // namespace tintype::transport
