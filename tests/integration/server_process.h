#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tintype::testing_support {

// How a child process ended.
struct ExitStatus {
  int code = -1;  // exit code, -1 if a signal ended it
  int signal = 0;
};

// A child process with its output collected. Killed when this dies; always by pid.
class ChildProcess {
 public:
  // The child gets exactly `environment`, plus PATH, HOME and what the sanitizers need.
  ChildProcess(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // nullopt if it still runs after `timeout`.
  std::optional<ExitStatus> wait(std::chrono::milliseconds timeout);

  // Waits until it and all that have inherited its output have ended; from then on the output is whole.
  void wait_for_end_of_output();
  std::string standard_output() const;
  std::string standard_error() const;
  // The first line of stderr that contains `text`, waiting for it; empty if the child ends or time runs out first.
  std::string wait_for_log(const std::string& text, std::chrono::milliseconds timeout) const;

 private:
  void collect(int descriptor, std::string& into);

  pid_t pid_ = -1;
  std::optional<ExitStatus> ended_;
  mutable std::mutex mutex_;
  std::string output_;  // guarded by mutex_, as is the next
  std::string error_;
  std::thread output_reader_;
  std::thread error_reader_;
};

// A port of loopback that nobody has at the moment, for a server that must be reached before it says where it is.
int free_port();

// The path of the program under test.
std::string program();

// `tintype serve` on a free port with a data directory of the test's, and the stores that go with it
// (stores_under_test.h).
class ServerProcess {
 public:
  struct Options {
    std::filesystem::path data_dir;
    std::vector<std::string> flags = {};
    std::map<std::string, std::string> environment = {};
    std::vector<std::string> command = {program()};  // what `serve` and its flags are appended to
  };
  // Waits until it listens; aborts the test program if it does not within 20 seconds.
  explicit ServerProcess(Options options);

  // "http://127.0.0.1:40123"
  const std::string& url() const { return url_; }
  int port() const;
  ChildProcess& process() { return *process_; }
  // A token for `user`, signed with kSecret.
  static std::string token(const std::string& user);
  static constexpr const char* kSecret = "integration-tests-sign-with-this-secret-0123456789";

  // SIGTERM, then the exit code; -1 if it did not end within 20 seconds.
  int stop();
  void kill_9();

 private:
  std::unique_ptr<ChildProcess> process_;
  std::string url_;
};

}  // namespace tintype::testing_support
