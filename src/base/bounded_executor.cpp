#include "base/bounded_executor.h"

#include <pthread.h>

#include <utility>

namespace tintype {

BoundedExecutor::BoundedExecutor(std::string name, std::size_t threads, std::size_t queue_capacity)
    : capacity_(threads + queue_capacity) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
    pthread_setname_np(threads_.back().native_handle(), name.substr(0, 15).c_str());
  }
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
  }
  wake_.notify_one();
  return true;
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
