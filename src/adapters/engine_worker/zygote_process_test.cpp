#include "adapters/engine_worker/zygote_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/protocol/messages.h"
#include "tests/support/process_tree.h"
#include "tests/support/sanitizers.h"

namespace tintype {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using namespace worker_protocol;

constexpr std::uint64_t kMemoryLimit = 256UL << 20;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}

// The test programs and it are built into one directory.
std::unique_ptr<ZygoteProcess> start_zygote() {
  return ZygoteProcess::start(program_beside_this("tintype-worker"), kMemoryLimit).value();
}
std::unique_ptr<ZygoteProcess> ready_zygote() {
  auto zygote = start_zygote();
  EXPECT_TRUE(wait_readable(zygote->socket(), soon()));
  EXPECT_TRUE(zygote->receive_ready());
  return zygote;
}
// Of a worker that is ready for jobs.
ForkedWorker ready_worker(ZygoteProcess& zygote) {
  auto worker = std::move(zygote.fork_worker(soon()).value());
  EXPECT_TRUE(receive_datagram(worker.socket.get(), soon()).datagram);
  return worker;
}

// Starts the program with these arguments and a control socket, and gives what it says before it ends.
struct ProgramEnd {
  int code = -1;
  std::string says;
};
ProgramEnd run_program(std::vector<std::string> arguments) {
  auto sockets = make_socket_pair().value();
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const UniqueFd reader(pipe[0]);
  UniqueFd writer(pipe[1]);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, sockets.other.get(), kControlDescriptor);
  posix_spawn_file_actions_adddup2(&files, writer.get(), STDERR_FILENO);
  arguments.insert(arguments.begin(), program_beside_this("tintype-worker").string());
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  char* no_environment[] = {nullptr};
  pid_t pid = -1;
  EXPECT_EQ(::posix_spawn(&pid, pointers[0], &files, nullptr, pointers.data(), no_environment), 0);
  posix_spawn_file_actions_destroy(&files);
  writer.reset();
  ProgramEnd end;
  char text[256];
  for (ssize_t size = 0; (size = ::read(reader.get(), text, sizeof text)) > 0;) {
    end.says.append(text, static_cast<std::size_t>(size));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
  return end;
}

TEST(ZygoteProcess, GetsReady) {
  const auto zygote = start_zygote();
  EXPECT_FALSE(zygote->is_ready());
  ASSERT_TRUE(wait_readable(zygote->socket(), soon()));
  EXPECT_TRUE(zygote->receive_ready());
  EXPECT_TRUE(zygote->is_ready());
}

// A count or a size, in KiB, of /proc/PID/status.
long status_number(pid_t pid, const char* field) {
  return std::atol(testing_support::status_field(pid, field).c_str());
}

// A fork has none of its parent's other threads, and whoever waits for one waits for ever.
TEST(ZygoteProcess, HasOneThreadAfterItsWarmUp) {
  const auto zygote = ready_zygote();
  EXPECT_EQ(status_number(zygote->pid(), "Threads"), 1);
}

TEST(ZygoteProcess, GivesBackWhatTheLoaderReadOnceItIsIdle) {
  if (testing_support::kSanitized) GTEST_SKIP() << "a sanitizer's shadow is most of its memory";
  const auto zygote = ready_zygote();
  const long loaded = status_number(zygote->pid(), "VmRSS");
  ASSERT_GT(loaded, 0);
  const Deadline patience = soon();
  while (status_number(zygote->pid(), "VmRSS") > loaded / 2 && !patience.expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_LE(status_number(zygote->pid(), "VmRSS"), loaded / 2);
  ready_worker(*zygote);
}

TEST(ZygoteProcess, NothingToReceiveIsNoLoss) {
  const auto zygote = ready_zygote();
  EXPECT_TRUE(zygote->receive_ready());
  EXPECT_TRUE(zygote->is_ready());
}

TEST(ZygoteProcess, ForksAWorkerThatGetsReady) {
  const auto zygote = ready_zygote();
  const auto worker = zygote->fork_worker(soon());
  ASSERT_TRUE(worker);
  EXPECT_GT(worker->process.pid(), 0);
  EXPECT_NE(worker->process.pid(), zygote->pid());
  const auto received = receive_datagram(worker->socket.get(), soon());
  ASSERT_TRUE(received.datagram);
  EXPECT_TRUE(decode_worker_ready(received.datagram->bytes));
}

TEST(ZygoteProcess, ForkedWorkersAreApart) {
  const auto zygote = ready_zygote();
  const auto one = ready_worker(*zygote);
  const auto other = ready_worker(*zygote);
  EXPECT_NE(one.process.pid(), other.process.pid());
}

TEST(ZygoteProcess, WorkerWhoseSocketClosesExits) {
  const auto zygote = ready_zygote();
  auto worker = ready_worker(*zygote);
  worker.socket.reset();
  ASSERT_TRUE(wait_readable(worker.process.pidfd(), soon()));
  EXPECT_EQ(worker.process.wait_or_kill().code, 0);
}

TEST(ZygoteProcess, ClosedControlSocketEndsIt) {
  const auto zygote = ready_zygote();
  ASSERT_EQ(::shutdown(zygote->socket(), SHUT_RDWR), 0);
  siginfo_t status{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(zygote->pid()), &status, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(zygote->end().code, 0);
}

TEST(ZygoteProcess, StopSignalsDoNotEndIt) {
  const auto zygote = ready_zygote();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ASSERT_EQ(::kill(zygote->pid(), signal), 0);
  EXPECT_TRUE(zygote->fork_worker(soon()));
}

TEST(ZygoteProcess, KilledOneIsNoticed) {
  const auto zygote = ready_zygote();
  ASSERT_EQ(::kill(zygote->pid(), SIGKILL), 0);
  ASSERT_TRUE(wait_readable(zygote->socket(), soon()));
  EXPECT_FALSE(zygote->receive_ready());
  EXPECT_EQ(zygote->end().signal, SIGKILL);
}

TEST(ZygoteProcess, KilledOneForksNoWorker) {
  const auto zygote = ready_zygote();
  ASSERT_EQ(::kill(zygote->pid(), SIGKILL), 0);
  const auto worker = zygote->fork_worker(soon());
  ASSERT_FALSE(worker);
  EXPECT_EQ(worker.error().code, ErrorCode::Internal);
}

TEST(ZygoteProcess, StoppedOneForksNoWorkerWithinTheDeadline) {
  const auto zygote = ready_zygote();
  ASSERT_EQ(::kill(zygote->pid(), SIGSTOP), 0);
  const auto worker = zygote->fork_worker(Deadline::after(std::chrono::milliseconds(50)));
  ASSERT_FALSE(worker);
  EXPECT_EQ(worker.error().code, ErrorCode::Internal);
}

TEST(ZygoteProcess, MissingProgramIsNamedWithTheWayOut) {
  const auto zygote = ZygoteProcess::start("/nonexistent/tintype-worker", kMemoryLimit);
  ASSERT_FALSE(zygote);
  EXPECT_EQ(zygote.error().code, ErrorCode::Internal);
  EXPECT_THAT(zygote.error().public_message,
              AllOf(HasSubstr("/nonexistent/tintype-worker"), HasSubstr("TINTYPE_ENGINE=inprocess")));
}

TEST(ZygoteProcess, ItsEndLeavesNoZombie) {
  {
    const auto zygote = ready_zygote();
    const auto one = ready_worker(*zygote);
    const auto other = zygote->fork_worker(soon());
    EXPECT_TRUE(other);
  }
  siginfo_t child{};
  EXPECT_EQ(::waitid(P_ALL, 0, &child, WEXITED | WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ZygoteProgram, AnotherVersionIsRefused) {
  const auto end = run_program({"0.0.0-other", "1000000"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.says, AllOf(HasSubstr("0.0.0-other"), HasSubstr(TINTYPE_VERSION)));
}

TEST(ZygoteProgram, StartedByHandSaysWhatItIs) {
  const auto end = run_program({});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.says, HasSubstr("tintype serve"));
}

TEST(ZygoteProgram, LimitThatIsNoNumberIsRefused) {
  EXPECT_EQ(run_program({TINTYPE_VERSION, "-1"}).code, 2);
}

}  // namespace
}  // namespace tintype
