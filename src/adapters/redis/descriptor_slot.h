#pragma once

#include "base/unique_fd.h"

namespace tintype::redis {

// A descriptor whose number never changes, while what is behind it does: the socket of the present connection, or,
// while there is none, a socket that has ended. So any thread may look at it without a lock: it sees the one or the
// other, and never a file that somebody else has opened meanwhile under the number of a closed socket.
//
// dup2(2) puts one in the place of the other in one step, also for a thread that is in a system call with the number.
//
// Thread safety: is_drained may be called concurrently with everything; the rest by one thread.
class DescriptorSlot {
 public:
  DescriptorSlot();

  // Another descriptor of the same socket. The socket is closed only once clear has been called, too.
  void set(int socket);
  void clear();

  // True if there is a connection, it has not ended, and nothing on it is waiting to be read. One system call.
  bool is_drained() const;

 private:
  UniqueFd ended_;  // a socket whose other end is closed: there is always its end to read
  UniqueFd slot_;
};

}  // namespace tintype::redis
