#include "base/periodic_task.h"

#include <pthread.h>

namespace tintype {

PeriodicTask::PeriodicTask(std::string name, std::chrono::milliseconds pause, Task task)
    : name_(std::move(name)),
      pause_(pause),
      task_(std::move(task)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void PeriodicTask::wake() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  woken_.notify_one();
}

void PeriodicTask::run(const std::stop_token& stop) {
  ::pthread_setname_np(::pthread_self(), name_.c_str());
  while (!stop.stop_requested()) {
    if (task_(stop)) continue;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, pause_, [this] { return wanted_; });
    wanted_ = false;
  }
}

}  // namespace tintype
