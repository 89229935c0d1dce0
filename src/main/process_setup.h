#pragma once

#include <chrono>

namespace tintype {

// What must be set before the first thread starts: memory allocation that gives back what images took, no death by
// SIGPIPE (sendfile(2) has no MSG_NOSIGNAL), SIGTERM and SIGINT left to wait_for_signal(), as many descriptors as
// allowed.
void set_up_process();

// True if SIGTERM or SIGINT came within `wait`.
bool wait_for_signal(std::chrono::milliseconds wait);

}  // namespace tintype
