// DESIGN. The filter kills the process at the first system call that image work never makes: a decoder that was taken
// over ends before it can do anything, and the service sees SIGSYS. Look-ups by path get EACCES instead, because glibc
// and GLib try some (locale, time zone, cgroup of the machine) and live without. clone3 gets ENOSYS: its flags are
// behind a pointer, where a filter cannot see them, and glibc then falls back to clone, where it can. Executable
// memory is out of reach: orc, libvips' compiler, is switched off.
#include "worker/lockdown.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <memory>

namespace tintype::worker {
namespace {

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;  // shadow memory needs terabytes of address space
#else
constexpr bool kSanitized = false;
#endif

// Program, libraries and thread stacks map about 460 MB without touching them.
constexpr std::uint64_t kAddressSpaceOfLibraries = 1ULL << 30;
constexpr rlim_t kMaxDescriptors = 32;

constexpr std::array kAllowed = {SCMP_SYS(read),
                                 SCMP_SYS(write),
                                 SCMP_SYS(readv),
                                 SCMP_SYS(writev),
                                 SCMP_SYS(pread64),
                                 SCMP_SYS(pwrite64),
                                 SCMP_SYS(lseek),
                                 SCMP_SYS(close),
                                 SCMP_SYS(fstat),
                                 SCMP_SYS(dup),
                                 SCMP_SYS(poll),
                                 SCMP_SYS(ppoll),
                                 SCMP_SYS(recvmsg),
                                 SCMP_SYS(sendmsg),
                                 SCMP_SYS(memfd_create),
                                 SCMP_SYS(ftruncate),
                                 SCMP_SYS(munmap),
                                 SCMP_SYS(mremap),
                                 SCMP_SYS(madvise),
                                 SCMP_SYS(brk),
                                 SCMP_SYS(futex),
                                 SCMP_SYS(set_robust_list),
                                 SCMP_SYS(rseq),
                                 SCMP_SYS(rt_sigprocmask),
                                 SCMP_SYS(rt_sigaction),
                                 SCMP_SYS(rt_sigreturn),
                                 SCMP_SYS(sigaltstack),
                                 SCMP_SYS(sched_yield),
                                 SCMP_SYS(sched_getaffinity),
                                 SCMP_SYS(clock_gettime),
                                 SCMP_SYS(gettimeofday),
                                 SCMP_SYS(clock_nanosleep),
                                 SCMP_SYS(nanosleep),
                                 SCMP_SYS(gettid),
                                 SCMP_SYS(getpid),
                                 SCMP_SYS(getrandom),
                                 SCMP_SYS(getrusage),
                                 SCMP_SYS(sysinfo),
                                 SCMP_SYS(restart_syscall),
                                 SCMP_SYS(exit),
                                 SCMP_SYS(exit_group)};

constexpr std::array kDenied = {SCMP_SYS(open),     SCMP_SYS(openat),     SCMP_SYS(stat),      SCMP_SYS(newfstatat),
                                SCMP_SYS(statx),    SCMP_SYS(access),     SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
                                SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),    SCMP_SYS(uname),
                                SCMP_SYS(ioctl)};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_KILL_PROCESS)) {}

  void allow(int call) { add(SCMP_ACT_ALLOW, call, {}); }
  // All of the conditions must hold.
  template <typename... Conditions>
  void allow_if(int call, Conditions... conditions) {
    const std::array all = {conditions...};
    add(SCMP_ACT_ALLOW, call, all);
  }
  void refuse(int call, int error) { add(SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, {}); }
  // For all threads: libvips has started some. False if a rule was not accepted, or the kernel has no seccomp.
  bool load() {
    return context_ && complete_ && seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
           seccomp_load(context_.get()) == 0;
  }

 private:
  void add(std::uint32_t action, int call, std::span<const scmp_arg_cmp> conditions) {
    if (!context_) return;
    const auto count = static_cast<unsigned>(conditions.size());
    complete_ = complete_ && seccomp_rule_add_array(context_.get(), action, call, count, conditions.data()) == 0;
  }

  struct Release {
    void operator()(void* context) const { seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
  bool complete_ = true;
};

// Argument `index` of a system call, as seccomp.h's macros would say it in C.
scmp_arg_cmp equal(unsigned index, scmp_datum_t value) {
  return {.arg = index, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
scmp_arg_cmp masked(unsigned index, scmp_datum_t mask, scmp_datum_t value) {
  return {.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

bool load_filter() {
  Filter filter;
  for (const int call : kAllowed) filter.allow(call);
  for (const int call : kDenied) filter.refuse(call, EACCES);
  filter.refuse(SCMP_SYS(clone3), ENOSYS);
  // Threads, but no processes.
  constexpr scmp_datum_t kThread = CLONE_THREAD | CLONE_VM;
  filter.allow_if(SCMP_SYS(clone), masked(0, kThread, kThread));
  filter.allow_if(SCMP_SYS(mmap), masked(2, PROT_EXEC, 0));
  filter.allow_if(SCMP_SYS(mprotect), masked(2, PROT_EXEC, 0));
  filter.allow_if(SCMP_SYS(prctl), equal(0, PR_SET_NAME));
  for (const scmp_datum_t command : {F_ADD_SEALS, F_GETFL, F_SETFD, F_DUPFD_CLOEXEC}) {
    filter.allow_if(SCMP_SYS(fcntl), equal(1, command));
  }
  // How abort(3) ends it. Not SIGKILL: that means to the service that somebody else ended it, and not its file.
  filter.allow_if(SCMP_SYS(tgkill), equal(0, static_cast<scmp_datum_t>(::getpid())), equal(2, SIGABRT));
  return filter.load();
}

void limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  ::setrlimit(resource, &both);
}

}  // namespace

void drop_descriptors(int keep) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (nowhere < 0) ::close(standard);  // there is no /dev here
    if (nowhere >= 0 && nowhere != standard) ::dup2(nowhere, standard);
  }
  if (keep > STDERR_FILENO + 1) ::close_range(STDERR_FILENO + 1, static_cast<unsigned>(keep) - 1, 0);
  ::close_range(static_cast<unsigned>(std::max(keep, STDERR_FILENO)) + 1, UINT_MAX, 0);
}

bool lock_in(std::uint64_t memory_limit) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kMaxDescriptors);
  if (!kSanitized) limit(RLIMIT_AS, memory_limit + kAddressSpaceOfLibraries);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return load_filter();
}

}  // namespace tintype::worker
