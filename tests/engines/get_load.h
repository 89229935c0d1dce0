#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/http_client.h"

namespace tintype::testing_support {

// Clients that read images, without a pause, until they are stopped.
class GetLoad {
 public:
  GetLoad(ApiClient api, std::vector<std::string> ids, int clients) : api_(std::move(api)), ids_(std::move(ids)) {
    for (int i = 0; i < clients; ++i)
      clients_.emplace_back([this, i] { read_until_stopped(static_cast<std::size_t>(i)); });
  }
  ~GetLoad() { stopping_ = true; }
  GetLoad(const GetLoad&) = delete;
  GetLoad& operator=(const GetLoad&) = delete;

  int failed() const { return failed_; }  // answers but 200

  // Milliseconds within which 99 of 100 answers came in the next `time`.
  double p99_of_the_next(std::chrono::milliseconds time) {
    take();
    std::this_thread::sleep_for(time);
    std::vector<double> waits = take();
    if (waits.empty()) return 0;
    std::ranges::sort(waits);
    return waits[waits.size() * 99 / 100];
  }

 private:
  std::vector<double> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waits_, {});
  }

  void read_until_stopped(std::size_t next) {
    while (!stopping_) {
      const auto begun = std::chrono::steady_clock::now();
      const HttpAnswer answer = api_.get("/images/" + ids_[next++ % ids_.size()]);
      const std::chrono::duration<double, std::milli> wait = std::chrono::steady_clock::now() - begun;
      if (answer.status != 200) ++failed_;
      const std::lock_guard lock(mutex_);
      waits_.push_back(wait.count());
    }
  }

  const ApiClient api_;
  const std::vector<std::string> ids_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> failed_{0};
  std::mutex mutex_;
  std::vector<double> waits_;  // ms; guarded by mutex_
  std::vector<std::jthread> clients_;
};

}  // namespace tintype::testing_support
