#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tintype {

// A number for every tag that goes up when what the tag stands for changes. Whoever keeps something that he loaded
// after he had read the number may use it for as long as the number is the same. To invalidate is to count up: it takes
// no time, finds what is still being loaded as well, and cannot be forgotten halfway.
//
// Tags share kCounters numbers by their hash: two that share one are invalidated together, which costs a miss. They may
// be in a file that several processes map, which makes their memory caches agree.
//
// Thread safety: all methods may be called concurrently, from all processes that share the file; none blocks.
class TagGenerations {
 public:
  static constexpr std::size_t kCounters = 16'384;  // 128 KiB

  // Of this process only.
  TagGenerations();
  // Shared with all processes that open `file`, which is made if it is not there. StoreUnavailable with the reason.
  static Result<std::unique_ptr<TagGenerations>> shared(const std::filesystem::path& file);
  ~TagGenerations();
  TagGenerations(const TagGenerations&) = delete;
  TagGenerations& operator=(const TagGenerations&) = delete;

  // The numbers of `tags` at this moment, and the one of everything. What it gives is for unchanged() only.
  std::vector<std::uint64_t> read(std::span<const std::string> tags) const;
  // Whether the numbers are still those that read() gave.
  bool unchanged(std::span<const std::uint64_t> seen) const;

  void advance(std::string_view tag);
  // All tags at once.
  void advance_everything();

 private:
  using Counter = std::atomic<std::uint64_t>;
  static_assert(Counter::is_always_lock_free, "processes share them");

  explicit TagGenerations(Counter* mapped) : mapped_(mapped), counters_(mapped) {}
  static std::size_t index_of(std::string_view tag);

  std::unique_ptr<Counter[]> owned_;  // null if mapped
  Counter* mapped_ = nullptr;         // null if owned
  Counter* counters_;
};

}  // namespace tintype
