// DESIGN
// The wait is that of a timer, which whoever has news cancels. That the client hangs up shows as a socket that can be
// read and has nothing; it is looked at and not read, since a next request may be there already. After that, only a
// write can tell.
#include "transport/vigil.h"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace tintype::transport {

struct Vigil::State {
  explicit State(Connection& connection) : socket(&connection.socket), timer(connection.socket.get_executor()) {}
  void wake() {
    is_woken = true;
    timer.cancel();
  }
  Socket* socket;  // null when the vigil is over
  Timer timer;
  bool is_woken = false;
  bool client_is_gone = false;
};

Vigil::Vigil(Connection& connection) : connection_(connection), state_(std::make_shared<State>(connection)) {
  connection_.wake = [state = state_] { state->wake(); };
  watch(state_);
}

Vigil::~Vigil() {
  connection_.wake = nullptr;
  state_->socket = nullptr;
  error_code ignored;
  connection_.socket.cancel(ignored);
}

void Vigil::watch(const std::shared_ptr<State>& state) {
  state->socket->async_wait(Socket::wait_read, [state](error_code error) {
    if (error || state->socket == nullptr) return;
    char byte = 0;
    const ssize_t count = ::recv(state->socket->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count > 0) return;
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return watch(state);
    state->client_is_gone = true;
    state->wake();
  });
}

std::function<void()> Vigil::waker() const {
  return [executor = state_->timer.get_executor(), state = std::weak_ptr(state_)] {
    asio::post(executor, [state] {
      if (const auto there = state.lock()) there->wake();
    });
  };
}

Awaitable<bool> Vigil::wait(std::chrono::milliseconds longest) {
  connection_.expect(Connection::Phase::Working, std::chrono::steady_clock::time_point::max());
  if (!state_->is_woken) {
    state_->timer.expires_after(longest);
    co_await state_->timer.async_wait(kAwaitOutcome);
  }
  co_return !std::exchange(state_->is_woken, false);
}

bool Vigil::client_is_gone() const {
  return state_->client_is_gone;
}

}  // namespace tintype::transport
