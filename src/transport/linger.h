#pragma once

#include "transport/connection.h"

namespace tintype::transport {

// Closing with unread bytes in the socket would make the kernel send an RST, which can overtake the answer. So: ends
// our side, then reads and drops for a short while.
Awaitable<void> linger(Connection& connection);

}  // namespace tintype::transport
