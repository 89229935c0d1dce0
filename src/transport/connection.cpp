#include "transport/connection.h"

namespace tintype::transport {

void ConnectionSet::cancel_expired(std::chrono::steady_clock::time_point now) {
  for (Connection* connection : connections_) {
    if (connection->expires > now) continue;
    connection->timed_out = true;
    connection->expires = std::chrono::steady_clock::time_point::max();
    error_code ignored;
    connection->socket.cancel(ignored);
  }
}

void ConnectionSet::cancel_idle() {
  for (Connection* connection : connections_) {
    if (connection->wake) connection->wake();
    if (connection->phase != Connection::Phase::Idle) continue;
    error_code ignored;
    connection->socket.cancel(ignored);
  }
}

}  // namespace tintype::transport
