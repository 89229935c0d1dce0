#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tintype {

// Up to a number of threads, started as they are needed, and a queue that has an end: work that does not fit is refused
// at once, so that overload shows up as an answer to the caller and never as a growing queue.
//
// Thread safety: try_run and size may be called from any thread.
class BoundedExecutor {
 public:
  // `threads`: at least 1. `name` is what the threads are called in ps(1) and gdb, at most 15 characters.
  BoundedExecutor(std::string name, std::size_t threads, std::size_t queue_capacity);
  // Runs what is queued, then joins.
  ~BoundedExecutor();
  BoundedExecutor(const BoundedExecutor&) = delete;
  BoundedExecutor& operator=(const BoundedExecutor&) = delete;

  // False if every thread is busy and the queue is full, or the executor is being destroyed; `task` is not moved from
  // then. `task` must not throw: an exception that leaves it ends the process.
  [[nodiscard]] bool try_run(std::function<void()>& task);
  [[nodiscard]] bool try_run(std::function<void()>&& task) { return try_run(task); }

  // Tasks running and waiting.
  std::size_t size() const;

 private:
  void start_thread();
  void start_thread_if_possible();
  void work();

  const std::string name_;
  const std::size_t most_threads_;
  const std::size_t capacity_;  // threads + queue
  mutable std::mutex mutex_;    // of all below
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tintype
