#include "tests/integration/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdlib>

namespace tintype::testing_support {

RawConnection::RawConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
}

bool RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

int RawConnection::receive(std::string& into, std::chrono::milliseconds timeout) {
  pollfd poller{socket_.get(), POLLIN, 0};
  if (::poll(&poller, 1, static_cast<int>(timeout.count())) <= 0) return -1;
  char buffer[16384];
  const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
  if (got <= 0) return 0;
  into.append(buffer, static_cast<std::size_t>(got));
  return 1;
}

std::string RawConnection::read_to_end(std::chrono::milliseconds timeout) {
  std::string all;
  while (receive(all, timeout) == 1) {
  }
  return all;
}

std::string RawConnection::read_until(std::string_view text, std::chrono::milliseconds timeout) {
  std::string all;
  while (all.find(text) == std::string::npos && receive(all, timeout) == 1) {
  }
  return all;
}

bool RawConnection::closed_within(std::chrono::milliseconds timeout) {
  std::string dropped;
  for (;;) {
    const int outcome = receive(dropped, timeout);
    if (outcome != 1) return outcome == 0;
  }
}

}  // namespace tintype::testing_support
