#include "base/bounded_executor.h"

#include <pthread.h>

#include <system_error>
#include <utility>

namespace tintype {

BoundedExecutor::BoundedExecutor(std::string name, std::size_t threads, std::size_t queue_capacity)
    : name_(name.substr(0, 15)), most_threads_(threads), capacity_(threads + queue_capacity) {
  start_thread();
}

BoundedExecutor::~BoundedExecutor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool BoundedExecutor::try_run(std::function<void()>& task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || running_ + queue_.size() >= capacity_) return false;
    queue_.push_back(std::move(task));
    if (running_ + queue_.size() > threads_.size() && threads_.size() < most_threads_) start_thread_if_possible();
  }
  wake_.notify_one();
  return true;
}

void BoundedExecutor::start_thread() {
  threads_.emplace_back([this] { work(); });
  pthread_setname_np(threads_.back().native_handle(), name_.c_str());
}

void BoundedExecutor::start_thread_if_possible() {
  try {
    start_thread();
  } catch (const std::system_error&) {  // the system has no more: the task waits for one of those that there are
  }
}

std::size_t BoundedExecutor::size() const {
  const std::lock_guard lock(mutex_);
  return running_ + queue_.size();
}

void BoundedExecutor::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    task();
    task = nullptr;  // what it captured dies here, not under the lock
    lock.lock();
    --running_;
  }
}

}  // namespace tintype
