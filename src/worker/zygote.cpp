// DESIGN. Why a zygote: a worker that is forked from a process with its libraries loaded, libvips initialised and a
// picture rendered starts in a fraction of what exec costs, and shares those pages. It must never run a pipeline of
// libvips: that would start threads, a fork has none of them, and the child would wait for them for ever.
//
// Workers are made with CLONE_PARENT, so that they are children of the service and not of the zygote: the service can
// wait for them (with the reason of their death), the kernel ends them with the service (PR_SET_PDEATHSIG), and they
// outlive a zygote that dies. fork(3) cannot do that; what it does besides the system call (handlers, locks of other
// threads) is not needed in a process with one thread.
#include "worker/zygote.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "adapters/engine_vips/vips_runtime.h"
#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/protocol/messages.h"
#include "base/allocator.h"
#include "base/text.h"
#include "worker/library_pages.h"
#include "worker/warm_up.h"

namespace tintype::worker {
namespace {

using namespace worker_protocol;

constexpr int kNotWarm = 3;  // the exit code, for the service's log
constexpr auto kIdle = std::chrono::seconds(1);

// As fork(2), with the parent of this process as the child's parent. `pidfd` is set in this process.
pid_t fork_sibling(int& pidfd) {
  constexpr long kFlags = CLONE_PARENT | CLONE_PIDFD | SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone, kFlags, nullptr, &pidfd, nullptr, nullptr));
}

void name_process(const char* name) {
  ::prctl(PR_SET_NAME, name, 0, 0, 0);
}

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int become_worker(UniqueFd socket, Deadline::Clock::time_point forked, const WorkerPlan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  name_process("image-worker");
  return run_worker(socket.get(), forked, plan);
}

}  // namespace

int run_zygote(int control, Deadline::Clock::time_point started, const WorkerPlan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  name_process("worker-zygote");
  // The service decides when they end, by its own signals or a closed socket; a stop that goes to the whole control
  // group must not end jobs that the service would still finish.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
  tune_allocator();
  hide_vips_modules();
  init_vips();
  read_vips_classes();
  if (!warm_up(*plan.make_engine([](std::string_view, double) {}))) return kNotWarm;
  const auto load = std::chrono::duration_cast<microseconds>(Deadline::Clock::now() - started);
  if (!send_datagram(control, encode(ZygoteReady{load}))) return 0;
  bool idle = false;
  for (;;) {
    auto request = receive_datagram(control, idle ? Deadline::never() : Deadline::after(kIdle));
    if (!request.datagram && request.error == ReceiveError::TimedOut) {
      give_back_library_pages();  // takes 15 ms, which the first workers must not wait for
      idle = true;
      continue;
    }
    if (!request.datagram) return 0;
    if (!request.datagram->descriptor) continue;
    int pidfd = -1;
    const auto now = Deadline::Clock::now();
    const pid_t pid = fork_sibling(pidfd);
    if (pid == 0) return become_worker(std::move(request.datagram->descriptor), now, plan);
    const UniqueFd process(pid > 0 ? pidfd : -1);
    const Forked forked{.pid = std::max<pid_t>(pid, 0), .error = pid > 0 ? 0 : errno};
    if (!send_datagram(control, encode(forked), process.get())) return 0;
  }
}

int zygote_main(int argc, char** argv, decltype(WorkerPlan::make_engine) make_engine) {
  const auto started = Deadline::Clock::now();
  const auto memory_limit = argc == 3 ? parse_unsigned(argv[2]) : std::nullopt;
  if (!memory_limit || !is_socket(kControlDescriptor)) {
    std::fputs("tintype-worker is started by \"tintype serve\" and does image work for it; see docs/architecture.md\n",
               stderr);
    return 2;
  }
  if (std::string_view(argv[1]) != TINTYPE_VERSION) {  // one of the two was upgraded under a running service
    std::fprintf(stderr, "this is tintype-worker %s, but tintype is %s: restart tintype\n", TINTYPE_VERSION, argv[1]);
    return 2;
  }
  return run_zygote(kControlDescriptor, started, {std::move(make_engine), *memory_limit});
}

}  // namespace tintype::worker

#if __has_feature(thread_sanitizer)
// One thread here is ours; what TSan would report is between it and libvips' threads, whose locks it cannot see. The
// environment, where options and suppressions come from elsewhere, is empty on purpose.
extern "C" const char* __tsan_default_options() {
  return "report_bugs=0:atexit_sleep_ms=0";
}
#endif
