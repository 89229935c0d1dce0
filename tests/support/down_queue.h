#pragma once

#include "ports/job_queue.h"

namespace tintype::testing_support {

// A queue that cannot be reached.
class DownQueue final : public JobQueue {
 public:
  Result<void> push(std::span<const NewJob>, Deadline) override { return down(); }
  Result<std::vector<ReceivedJob>> receive(int, std::chrono::milliseconds, std::chrono::milliseconds,
                                           Deadline) override {
    return down();
  }
  Result<void> extend(const ReceivedJob&, std::chrono::milliseconds, Deadline) override { return down(); }
  Result<void> finish(std::span<const ReceivedJob>, Deadline) override { return down(); }
  Result<bool> retry(const ReceivedJob&, std::chrono::milliseconds, const std::string&, Deadline) override {
    return down();
  }
  Result<void> abort(const ReceivedJob&, const std::string&, Deadline) override { return down(); }
  Result<QueueDepth> depth(Deadline) override { return down(); }
  Result<std::vector<DeadJob>> dead(int, Deadline) override { return down(); }
  Result<int> redrive(int, Deadline) override { return down(); }
  Result<void> check(Deadline) override { return down(); }

 private:
  static tl::unexpected<Error> down() { return fail(ErrorCode::StoreUnavailable, "injected fault"); }
};

}  // namespace tintype::testing_support
