#include "adapters/engine_worker/protocol/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>

#include "adapters/engine_worker/protocol/messages.h"

namespace tintype::worker_protocol {
namespace {

constexpr std::size_t kMaxDescriptors = 4;  // more than one is never sent; what is sent must still be closed

union ControlBuffer {
  cmsghdr aligned;
  char bytes[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
};

// Takes ownership of every descriptor in `message`, and keeps the first.
UniqueFd take_descriptor(msghdr& message) {
  UniqueFd first;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof descriptor);
      UniqueFd received(descriptor);
      if (!first) first = std::move(received);
    }
  }
  return first;
}

}  // namespace

int poll_timeout(Deadline deadline) {
  if (deadline.is_never()) return -1;
  const auto left = deadline.time_point() - Deadline::Clock::now();
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<long>(milliseconds, 0, INT_MAX));
}

std::optional<SocketPair> make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return std::nullopt;
  return SocketPair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

bool wait_readable(int descriptor, Deadline deadline) {
  for (;;) {
    pollfd entry{descriptor, POLLIN, 0};
    const int count = ::poll(&entry, 1, poll_timeout(deadline));
    if (count > 0) return true;
    if (count == 0) return false;
    if (errno != EINTR) return true;  // receiving will say what is wrong
  }
}

bool send_datagram(int socket, std::span<const std::byte> bytes, int descriptor) {
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};  // the C API takes void*, but only reads
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ControlBuffer control{};
  if (descriptor >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(sizeof descriptor);
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  for (;;) {
    if (::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0) return true;
    if (errno != EINTR) return false;
  }
}

Received receive_datagram(int socket, Deadline deadline) {
  if (!wait_readable(socket, deadline)) return {std::nullopt, ReceiveError::TimedOut};
  Datagram datagram;
  datagram.bytes.resize(kMaxMessage);
  iovec part{datagram.bytes.data(), datagram.bytes.size()};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t size = -1;
  do {
    size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size >= 0) datagram.descriptor = take_descriptor(message);  // an empty datagram can bring some too
  if (size <= 0 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return {std::nullopt, ReceiveError::Closed};
  datagram.bytes.resize(static_cast<std::size_t>(size));
  return {std::move(datagram), {}};
}

}  // namespace tintype::worker_protocol
