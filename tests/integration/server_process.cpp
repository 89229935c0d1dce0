#include "tests/integration/server_process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "base/unique_fd.h"
#include "http/jwt.h"
#include "tests/integration/stores_under_test.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> child_environment(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> entries;
  for (const char* name :
       {"PATH", "HOME", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE"}) {
    if (const char* value = std::getenv(name)) entries.push_back(std::string(name) + '=' + value);
  }
  for (const auto& [name, value] : extra) entries.push_back(name + '=' + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::map<std::string, std::string>& environment) {
  int out[2];
  int err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) std::abort();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  // A test program that aborts must not leave its servers behind; setpriv is part of every Debian (util-linux).
  std::vector<std::string> argument_texts = {"/usr/bin/setpriv", "--pdeathsig", "KILL"};
  argument_texts.insert(argument_texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment_texts = child_environment(environment);
  auto argv = pointers(argument_texts);
  auto envp = pointers(environment_texts);
  const int failed = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  if (failed != 0) std::abort();
  output_reader_ = std::thread([this, fd = out[0]] { collect(fd, output_); });
  error_reader_ = std::thread([this, fd = err[0]] { collect(fd, error_); });
}

ChildProcess::~ChildProcess() {
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    (void)wait(10s);
  }
  wait_for_end_of_output();
}

void ChildProcess::wait_for_end_of_output() {
  if (output_reader_.joinable()) output_reader_.join();
  if (error_reader_.joinable()) error_reader_.join();
}

void ChildProcess::collect(int descriptor, std::string& into) {
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    const std::lock_guard lock(mutex_);
    into.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(descriptor);
}

void ChildProcess::signal(int number) const {
  ::kill(pid_, number);
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (!ended_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = ExitStatus{WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0};
      break;
    }
    if (std::chrono::steady_clock::now() > until) return std::nullopt;
    std::this_thread::sleep_for(5ms);
  }
  return ended_;
}

std::string ChildProcess::standard_output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string ChildProcess::standard_error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

std::string ChildProcess::wait_for_log(const std::string& text, std::chrono::milliseconds timeout) const {
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (std::chrono::steady_clock::now() < until) {
    const std::string log = standard_error();
    if (const std::size_t at = log.find(text); at != std::string::npos) {
      const std::size_t end = log.find('\n', at);
      if (end != std::string::npos) {
        const std::size_t before = log.rfind('\n', at);
        const std::size_t begin = before == std::string::npos ? 0 : before + 1;
        return log.substr(begin, end - begin);
      }
    }
    siginfo_t state{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == pid_)
      break;
    std::this_thread::sleep_for(5ms);
  }
  return {};
}

int free_port() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), any, size) != 0 || ::getsockname(socket.get(), any, &size) != 0) std::abort();
  return ntohs(address.sin_port);
}

std::string program() {
  return TINTYPE_PROGRAM;
}

ServerProcess::ServerProcess(Options options) {
  std::vector<std::string> arguments = options.command;
  for (const char* argument : {"serve", "--listen", "127.0.0.1:0", "--jwt-secret", kSecret, "--data-dir"})
    arguments.emplace_back(argument);
  arguments.push_back(options.data_dir.string());
  arguments.insert(arguments.end(), options.flags.begin(), options.flags.end());
  options.environment.merge(stores_under_test(options.data_dir));
  process_ = std::make_unique<ChildProcess>(arguments, options.environment);
  const std::string line = process_->wait_for_log(R"("msg":"listening")", 20s);
  const std::string mark = R"("address":")";
  const std::size_t at = line.find(mark);
  if (at == std::string::npos) {
    std::fprintf(stderr, "the server did not start:\n%s", process_->standard_error().c_str());
    std::abort();
  }
  const std::size_t begin = at + mark.size();
  url_ = "http://" + line.substr(begin, line.find('"', begin) - begin);
}

int ServerProcess::port() const {
  return std::atoi(url_.substr(url_.rfind(':') + 1).c_str());
}

std::string ServerProcess::token(const std::string& user) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return http::sign_jwt({.secret = kSecret}, *UserId::parse(user), now, std::chrono::hours(1));
}

int ServerProcess::stop() {
  process_->signal(SIGTERM);
  const auto ended = process_->wait(20s);
  return ended ? ended->code : -1;
}

void ServerProcess::kill_9() {
  process_->signal(SIGKILL);
  (void)process_->wait(10s);
}

}  // namespace tintype::testing_support
