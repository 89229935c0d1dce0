#include "adapters/cache_redis/backlog.h"

#include "adapters/redis/invalidation_message.h"

namespace tintype {

std::size_t Backlog::size() const {
  const std::lock_guard lock(mutex_);
  return tags_.size() + under_way_;
}

std::uint64_t Backlog::add(std::span<const std::string> tags) {
  const std::lock_guard lock(mutex_);
  if (is_empty_) since_ = std::chrono::steady_clock::now();
  merge({tags.begin(), tags.end()});
  is_empty_ = false;
  return ++last_entry_;
}

void Backlog::merge(const std::set<std::string>& tags) {
  const std::string everything(redis::kEverything);
  if (tags_.contains(everything)) return;
  tags_.insert(tags.begin(), tags.end());
  if (tags_.size() > kMostTags || tags_.contains(everything)) tags_ = {everything};
}

bool Backlog::wait_until_told(std::uint64_t entry, std::chrono::milliseconds longest, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto end = std::min(since_ + longest, deadline.time_point());
  return changed_.wait_until(lock, end, [&] { return told_up_to_ >= entry; });
}

Backlog::Batch Backlog::take() {
  const std::lock_guard lock(mutex_);
  Batch batch{.tags = std::exchange(tags_, {}), .entry = last_entry_};
  under_way_ = batch.tags.size();
  return batch;
}

void Backlog::told(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  under_way_ = 0;
  told_up_to_ = batch.entry;
  is_empty_ = tags_.empty();
  changed_.notify_all();
}

void Backlog::not_told(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  under_way_ = 0;
  merge(batch.tags);
}

}  // namespace tintype
