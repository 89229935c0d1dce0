#include "main/process_setup.h"

#include <pthread.h>
#include <sys/resource.h>

#include <csignal>

#include "base/allocator.h"

namespace tintype {
namespace {

sigset_t end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void set_up_process() {
  tune_allocator();

  ::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = end_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
    descriptors.rlim_cur = descriptors.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &descriptors);
  }
}

bool wait_for_signal(std::chrono::milliseconds wait) {
  const sigset_t signals = end_signals();
  const timespec timeout{wait.count() / 1000, static_cast<long>(wait.count() % 1000) * 1'000'000};
  return ::sigtimedwait(&signals, nullptr, &timeout) > 0;
}

}  // namespace tintype
