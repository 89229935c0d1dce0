#include "adapters/redis/descriptor_slot.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>

namespace tintype::redis {

DescriptorSlot::DescriptorSlot() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) std::abort();  // out of descriptors at the start
  ended_.reset(pair[0]);
  ::close(pair[1]);
  slot_.reset(::fcntl(ended_.get(), F_DUPFD_CLOEXEC, 0));
  if (!slot_) std::abort();
}

void DescriptorSlot::set(int socket) {
  while (::dup3(socket, slot_.get(), O_CLOEXEC) < 0) {
    if (errno != EINTR && errno != EBUSY) std::abort();  // `socket` is none
  }
}

void DescriptorSlot::clear() {
  set(ended_.get());
}

bool DescriptorSlot::is_drained() const {
  char byte = 0;
  return ::recv(slot_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace tintype::redis
