#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "transport/connection.h"

namespace tintype::transport {

// While it is there, a session may wait for something that another thread tells it of, and notices meanwhile that the
// client has hung up, or that the server drains. On the connection's thread, but for what waker() gives.
class Vigil {
 public:
  explicit Vigil(Connection& connection);
  ~Vigil();
  Vigil(const Vigil&) = delete;
  Vigil& operator=(const Vigil&) = delete;

  // Ends a wait, or the next one if there is none at the moment. May be called on any thread and at any time while the
  // server is there, also after the vigil.
  std::function<void()> waker() const;

  // Until somebody wakes it, the client hangs up, or a drain begins; at most so long, and true if it was.
  Awaitable<bool> wait(std::chrono::milliseconds longest);

  // The client has closed the connection, or its own end of it.
  bool client_is_gone() const;

 private:
  struct State;
  static void watch(const std::shared_ptr<State>& state);

  Connection& connection_;
  const std::shared_ptr<State> state_;  // shared with what the loop still has to call
};

}  // namespace tintype::transport
