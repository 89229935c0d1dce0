#include "adapters/engine_worker/child_process.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "adapters/engine_worker/protocol/channel.h"

namespace tintype {
namespace {

constexpr auto kMoment = std::chrono::seconds(1);  // a process that has closed its socket is on its way out

}  // namespace

std::string to_string(const ProcessEnd& end) {
  if (end.signal == 0) return "exit code " + std::to_string(end.code);
  return "signal " + std::to_string(end.signal) + " (" + ::strsignal(end.signal) + ")";
}

ChildProcess::~ChildProcess() {
  if (pidfd_) kill();
}

bool ChildProcess::has_ended() const {
  return worker_protocol::wait_readable(pidfd_.get(), Deadline::after(std::chrono::seconds(0)));
}

bool ChildProcess::ends_soon() const {
  return worker_protocol::wait_readable(pidfd_.get(), Deadline::after(kMoment));
}

ProcessEnd ChildProcess::kill() {
  // glibc 2.36 declares pidfd_send_signal(3) without extern "C".
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  return reap();
}

ProcessEnd ChildProcess::wait_or_kill() {
  return ends_soon() ? reap() : kill();
}

ProcessEnd ChildProcess::reap() {
  siginfo_t status{};
  int waited = -1;
  do {
    waited = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &status, WEXITED);
  } while (waited < 0 && errno == EINTR);
  pidfd_.reset();
  if (waited < 0) return {};
  if (status.si_code == CLD_EXITED) return {.code = status.si_status};
  return {.signal = status.si_status};
}

}  // namespace tintype
