#include "service/late_invalidation.h"

namespace tintype {
namespace {

constexpr std::chrono::milliseconds kInvalidationTime{10'000};

}  // namespace

LateInvalidation::LateInvalidation(Cache& cache, std::chrono::milliseconds lag)
    : cache_(cache),
      lag_(lag),
      task_("late-drop", std::max(lag / 10, std::chrono::milliseconds(1)),
            [this](const std::stop_token&) { return invalidate_due(); }) {}

void LateInvalidation::add(std::vector<std::string> tags) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace_back(Clock::now() + lag_, std::move(tags));
}

bool LateInvalidation::invalidate_due() {
  std::vector<std::string> tags;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || waiting_.front().first > Clock::now()) return false;
    tags = std::move(waiting_.front().second);
    waiting_.pop_front();
  }
  // What the cache cannot do now it does later by itself.
  const auto done = cache_.invalidate(tags, {}, Deadline::after(kInvalidationTime));
  (void)done;
  return true;
}

}  // namespace tintype
