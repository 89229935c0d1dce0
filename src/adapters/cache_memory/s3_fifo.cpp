#include "adapters/cache_memory/s3_fifo.h"

#include <algorithm>
#include <functional>

namespace tintype {
namespace {

constexpr int kMostUses = 3;
// A list node, a map node, the control block of the value and what malloc adds; measured with malloc_usable_size.
constexpr std::size_t kEntryOverhead = 256;

}  // namespace

std::size_t S3Fifo::cost_of(std::string_view key, const Value& value) {
  return key.size() + value.bytes->size() + value.seen.size() * sizeof(value.seen[0]) + kEntryOverhead;
}

const S3Fifo::Value* S3Fifo::find(std::string_view key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  Entry& entry = *found->second;
  entry.uses = std::min(entry.uses + 1, kMostUses);
  return &entry.value;
}

bool S3Fifo::put(std::string_view key, Value value) {
  const std::size_t cost = cost_of(key, value);
  if (cost > small_capacity_) return false;
  bool in_main = is_ghost_.contains(std::hash<std::string_view>{}(key));
  if (const auto there = entries_.find(key); there != entries_.end()) {
    in_main = there->second->in_main;
    erase(there->second);
  }
  Queue& queue = in_main ? main_ : small_;
  queue.push_front({.key = std::string(key), .value = std::move(value), .cost = cost, .uses = 0, .in_main = in_main});
  (in_main ? main_bytes_ : small_bytes_) += cost;
  entries_.emplace(queue.front().key, queue.begin());
  make_room();
  return true;
}

void S3Fifo::remove(std::string_view key) {
  if (const auto there = entries_.find(key); there != entries_.end()) erase(there->second);
}

void S3Fifo::clear() {
  remove_if([](std::string_view) { return true; });
  ghosts_.clear();
  is_ghost_.clear();
}

void S3Fifo::erase(Queue::iterator entry) {
  entries_.erase(entry->key);
  (entry->in_main ? main_bytes_ : small_bytes_) -= entry->cost;
  (entry->in_main ? main_ : small_).erase(entry);
}

void S3Fifo::make_room() {
  while (bytes() > capacity_) {
    if (small_bytes_ > small_capacity_ || main_.empty()) {
      evict_from_small();
    } else {
      evict_from_main();
    }
  }
}

// The oldest moves on if it was used, or leaves its key behind.
void S3Fifo::evict_from_small() {
  const auto oldest = std::prev(small_.end());
  if (oldest->uses == 0) {
    remember(oldest->key);
    erase(oldest);
    ++evictions_;
    return;
  }
  oldest->uses = 0;
  oldest->in_main = true;
  small_bytes_ -= oldest->cost;
  main_bytes_ += oldest->cost;
  main_.splice(main_.begin(), small_, oldest);
}

// The oldest goes round again once for every use.
void S3Fifo::evict_from_main() {
  const auto oldest = std::prev(main_.end());
  if (oldest->uses > 0) {
    --oldest->uses;
    main_.splice(main_.begin(), main_, oldest);
    return;
  }
  erase(oldest);
  ++evictions_;
}

void S3Fifo::remember(std::string_view key) {
  const std::size_t hash = std::hash<std::string_view>{}(key);
  ghosts_.push_back(hash);
  is_ghost_.insert(hash);
  while (ghosts_.size() > std::max<std::size_t>(entries_.size(), 1)) {
    is_ghost_.erase(is_ghost_.find(ghosts_.front()));
    ghosts_.pop_front();
  }
}

}  // namespace tintype
