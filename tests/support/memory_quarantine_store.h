#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ports/quarantine_store.h"

namespace tintype::testing_support {

// A QuarantineStore for tests of what uses one. It passes the contract suite, but for durability, and has no bound.
class MemoryQuarantineStore final : public QuarantineStore {
 public:
  Result<QuarantineEntry> add_strike(std::string_view content_sha256, std::string_view reason, UnixTime now,
                                     UnixTime expires, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    QuarantineEntry& entry = entries_[std::string(content_sha256)];
    const int counted = entry.expires > now ? entry.strikes : 0;
    entry = {std::string(content_sha256), counted + 1, std::string(reason), now, expires};
    return entry;
  }

  Result<std::optional<QuarantineEntry>> find(std::string_view content_sha256, UnixTime now,
                                              Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(content_sha256);
    if (found == entries_.end() || found->second.expires <= now) return std::nullopt;
    return found->second;
  }

  Result<std::vector<QuarantineEntry>> list(UnixTime now, int limit, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const auto newest_first = [](const QuarantineEntry& a, const QuarantineEntry& b) {
      return std::tie(b.last_strike, a.content_sha256) < std::tie(a.last_strike, b.content_sha256);
    };
    std::vector<QuarantineEntry> listed;
    const std::lock_guard lock(mutex_);
    for (const auto& [hash, entry] : entries_) {
      if (entry.expires > now) listed.push_back(entry);
    }
    std::ranges::sort(listed, newest_first);
    listed.resize(std::min(listed.size(), static_cast<std::size_t>(std::max(limit, 0))));
    return listed;
  }

  Result<bool> forget(std::string_view content_sha256, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(content_sha256);
    if (found == entries_.end()) return false;
    entries_.erase(found);
    return true;
  }

 private:
  static tl::unexpected<Error> too_late() { return fail(ErrorCode::DeadlineExceeded, "too late"); }

  std::mutex mutex_;
  std::map<std::string, QuarantineEntry, std::less<>> entries_;  // guarded by mutex_
};

}  // namespace tintype::testing_support
