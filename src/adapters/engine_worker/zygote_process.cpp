#include "adapters/engine_worker/zygote_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstring>

#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/protocol/messages.h"

namespace tintype {
namespace {

using namespace worker_protocol;

class SpawnActions {
 public:
  explicit SpawnActions(int control) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, control, kControlDescriptor);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    // Its own process group: Ctrl-C in a terminal is for the service, which drains first.
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  int spawn(pid_t& pid, const char* program, char* const* arguments) const {
    char* no_environment[] = {nullptr};
    return ::posix_spawn(&pid, program, &files_, &attributes_, arguments, no_environment);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

tl::unexpected<Error> cannot_start(const std::filesystem::path& program, int error) {
  return fail(ErrorCode::Internal,
              "the image worker " + program.string() + " cannot be started: " + std::strerror(error) +
                  ". It belongs beside the program tintype; without it, set TINTYPE_ENGINE=inprocess");
}

}  // namespace

std::filesystem::path program_beside_this(std::string_view name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

Result<std::unique_ptr<ZygoteProcess>> ZygoteProcess::start(const std::filesystem::path& program,
                                                            std::uint64_t memory_limit) {
  auto sockets = make_socket_pair();
  if (!sockets) return cannot_start(program, errno);
  std::string name = program.string();
  std::string version = TINTYPE_VERSION;
  std::string limit = std::to_string(memory_limit);
  const std::array<char*, 4> arguments = {name.data(), version.data(), limit.data(), nullptr};
  pid_t pid = -1;
  const int error = SpawnActions(sockets->other.get()).spawn(pid, name.c_str(), arguments.data());
  if (error != 0) return cannot_start(program, error);
  // glibc 2.36 declares pidfd_open(3) without extern "C".
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) {
    const int reason = errno;
    ::kill(pid, SIGKILL);  // a child that has not been waited for: the pid is still its own
    ::waitpid(pid, nullptr, 0);
    return cannot_start(program, reason);
  }
  return std::unique_ptr<ZygoteProcess>(
      new ZygoteProcess(ChildProcess(pid, std::move(pidfd)), std::move(sockets->service)));
}

bool ZygoteProcess::receive_ready() {
  const auto received = receive_datagram(control_.get(), Deadline::after(std::chrono::seconds(0)));
  if (!received.datagram) return received.error == ReceiveError::TimedOut;
  if (!decode_zygote_ready(received.datagram->bytes)) return false;
  ready_ = true;
  return true;
}

Result<ForkedWorker> ZygoteProcess::fork_worker(Deadline deadline) {
  auto sockets = make_socket_pair();
  if (!sockets) return fail(ErrorCode::Internal, "no image worker can be started", "no descriptors left");
  constexpr std::byte kRequest[] = {std::byte{1}};
  if (!send_datagram(control_.get(), kRequest, sockets->other.get())) {
    return fail(ErrorCode::Internal, "no image worker can be started", "the zygote is gone");
  }
  auto received = receive_datagram(control_.get(), deadline);
  if (!received.datagram) return fail(ErrorCode::Internal, "no image worker can be started", "the zygote is silent");
  const auto forked = decode_forked(received.datagram->bytes);
  if (!forked || !received.datagram->descriptor) {
    return fail(ErrorCode::Internal, "no image worker can be started",
                std::string("fork: ") + std::strerror(forked ? forked->error : EPROTO));
  }
  return ForkedWorker{ChildProcess(forked->pid, std::move(received.datagram->descriptor)), std::move(sockets->service)};
}

}  // namespace tintype
