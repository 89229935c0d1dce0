#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "base/deadline.h"

namespace tintype {

// The tags that Redis could not be told of yet.
//
// Thread safety: all methods may be called concurrently.
class Backlog {
 public:
  static constexpr std::size_t kMostTags = 10'000;

  // Some of them, on their way to Redis.
  struct Batch {
    std::set<std::string> tags;  // or one, redis::kEverything: there were too many to remember each
    std::uint64_t entry = 0;     // the last one that is in it
  };

  bool empty() const { return is_empty_; }
  std::size_t size() const;

  // Gives the number of the entry.
  std::uint64_t add(std::span<const std::string> tags);
  // Waits until Redis has been told of the entry. False if it has not by `deadline`, or when there has been a backlog
  // for as long as `longest`.
  bool wait_until_told(std::uint64_t entry, std::chrono::milliseconds longest, Deadline deadline);

  // All there are. What is added from now on is not among them, the same tags included.
  Batch take();
  void told(const Batch& batch);
  void not_told(const Batch& batch);

 private:
  void merge(const std::set<std::string>& tags);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> tags_;  // guarded by mutex_, as are all below
  std::uint64_t last_entry_ = 0;
  std::uint64_t told_up_to_ = 0;
  std::size_t under_way_ = 0;  // tags in the batch that was taken
  std::chrono::steady_clock::time_point since_;
  std::atomic<bool> is_empty_{true};  // written under mutex_
};

}  // namespace tintype
