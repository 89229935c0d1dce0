#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "service/job_runner.h"

namespace tintype {

// Threads that do jobs of one kind, and a short line before them.
//
// Thread safety: all methods may be called concurrently.
class JobLane {
 public:
  struct Size {
    int threads = 1;
    int line = 0;       // jobs that wait for a thread
    int last_line = 0;  // the same, if the one that comes is on its last attempt
  };

  // `name` is the threads', of up to 15 bytes.
  JobLane(const std::string& name, Size size, JobRunner& runner);
  // Runs what is in line, then joins.
  ~JobLane();
  JobLane(const JobLane&) = delete;
  JobLane& operator=(const JobLane&) = delete;

  // Waits until there is a place and says how many there are; 0 if it was stopped first.
  int wait_for_places(const std::stop_token& stop);

  // Waits up to `patience` for a place. False if there is none: the job is not moved from.
  bool add(std::unique_ptr<JobLease>& job, std::chrono::milliseconds patience);

  // The jobs that have not been begun and may be given back. Those on their last attempt stay, since nobody would get
  // them again, and are done.
  std::vector<std::unique_ptr<JobLease>> take_waiting();
  // Running and in line.
  int size() const;

 private:
  int places(int line) const { return size_.threads + line - running_ - static_cast<int>(line_.size()); }
  void work();

  const Size size_;
  JobRunner& runner_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::unique_ptr<JobLease>> line_;  // guarded by mutex_, as are the two below
  int running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tintype
