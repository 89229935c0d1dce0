#include "service/job_lane.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace tintype {

JobLane::JobLane(const std::string& name, Size size, JobRunner& runner) : size_(size), runner_(runner) {
  for (int i = 0; i < size.threads; ++i) {
    threads_.emplace_back([this] { work(); });
    ::pthread_setname_np(threads_.back().native_handle(), name.c_str());
  }
}

JobLane::~JobLane() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

int JobLane::wait_for_places(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const bool is_there = changed_.wait(lock, stop, [this] { return places(size_.line) > 0; });
  return is_there ? places(size_.line) : 0;
}

bool JobLane::add(std::unique_ptr<JobLease>& job, std::chrono::milliseconds patience) {
  const int line = runner_.is_last_attempt(job->job()) ? size_.last_line : size_.line;
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return places(line) > 0; });
    if (places(line) <= 0) return false;
    line_.push_back(std::move(job));
  }
  changed_.notify_all();
  return true;
}

std::vector<std::unique_ptr<JobLease>> JobLane::take_waiting() {
  std::vector<std::unique_ptr<JobLease>> taken;
  const std::lock_guard lock(mutex_);
  for (auto& job : line_) {
    if (!runner_.is_last_attempt(job->job())) taken.push_back(std::move(job));
  }
  std::erase(line_, nullptr);
  return taken;
}

int JobLane::size() const {
  const std::lock_guard lock(mutex_);
  return running_ + static_cast<int>(line_.size());
}

void JobLane::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !line_.empty(); });
    if (line_.empty()) return;
    std::unique_ptr<JobLease> job = std::move(line_.front());
    line_.pop_front();
    ++running_;
    lock.unlock();
    runner_.run(*job);
    job = nullptr;
    lock.lock();
    --running_;
    changed_.notify_all();
  }
}

}  // namespace tintype
