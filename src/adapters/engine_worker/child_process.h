#pragma once

#include <sys/types.h>

#include <string>

#include "base/unique_fd.h"

namespace tintype {

// How a process ended.
struct ProcessEnd {
  int code = -1;   // exit code, -1 if a signal ended it
  int signal = 0;  // 0 if none did
};
// "signal 11 (Segmentation fault)", "exit code 3".
std::string to_string(const ProcessEnd& end);

// A child of this process, held by a pidfd, which unlike a pid can never mean another process. Killed and reaped when
// this dies.
class ChildProcess {
 public:
  ChildProcess() = default;
  ChildProcess(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  ChildProcess(ChildProcess&& other) noexcept = default;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  // For poll(2): readable once the process has ended.
  int pidfd() const { return pidfd_.get(); }
  bool has_ended() const;
  // Waits a moment for an end that is under way.
  bool ends_soon() const;

  // SIGKILL, and waits for the end.
  ProcessEnd kill();
  // Waits a moment for an end that is under way, and kills if it does not come.
  ProcessEnd wait_or_kill();

 private:
  ProcessEnd reap();

  pid_t pid_ = -1;
  UniqueFd pidfd_;  // empty once reaped
};

}  // namespace tintype
