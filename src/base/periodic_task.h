#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace tintype {

// Runs a task on a thread of its own: at once, and then again and again with a pause after each run. Its end asks a run
// that is under way to stop, and waits for it.
class PeriodicTask {
 public:
  // Returns true if there is more to do, so that the next run follows without a pause. Must not throw.
  using Task = std::function<bool(std::stop_token)>;

  // `name` is the thread's, of up to 15 bytes.
  PeriodicTask(std::string name, std::chrono::milliseconds pause, Task task);

  // The next run begins at once, or when the one that is under way has ended. Thread-safe.
  void wake();

 private:
  void run(const std::stop_token& stop);

  const std::string name_;
  const std::chrono::milliseconds pause_;
  const Task task_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wanted_ = false;  // guarded by mutex_
  std::jthread thread_;  // last: started when all else is there, and ended first
};

}  // namespace tintype
