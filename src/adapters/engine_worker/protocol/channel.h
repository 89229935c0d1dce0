// Datagrams with descriptors over a Unix socket of type SOCK_SEQPACKET (unix(7)).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/deadline.h"
#include "base/unique_fd.h"

namespace tintype::worker_protocol {

struct SocketPair {
  UniqueFd service;  // the end that stays
  UniqueFd other;    // the end that is given away
};
// Both close on exec. nullopt if the process has no descriptors left.
std::optional<SocketPair> make_socket_pair();

// False if the other end is gone. `descriptor` stays the caller's; -1 sends none.
bool send_datagram(int socket, std::span<const std::byte> bytes, int descriptor = -1);

struct Datagram {
  std::vector<std::byte> bytes;
  UniqueFd descriptor;  // the first that came with it; any further ones are closed
};
enum class ReceiveError { Closed, TimedOut };
struct Received {
  std::optional<Datagram> datagram;
  ReceiveError error = ReceiveError::Closed;  // if there is no datagram
};
// Waits until `deadline`. A datagram over kMaxMessage counts as Closed: no honest peer sends one.
Received receive_datagram(int socket, Deadline deadline);

// Whether `descriptor` becomes readable, or is closed at its other end, before `deadline`. For a pidfd: the end of its
// process.
bool wait_readable(int descriptor, Deadline deadline);

// What poll(2) takes: at least `deadline`, rounded up to milliseconds; -1 if it is never.
int poll_timeout(Deadline deadline);

}  // namespace tintype::worker_protocol
