#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tintype {

// One bounded part of the memory cache, which keeps what is asked for again and lets go of what was asked for once.
//
// S3-FIFO (J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi: FIFO queues are all you need for cache eviction, SOSP
// 2023): what is new enters a small queue, a tenth of the space; what is asked for there moves on to the main queue,
// all else leaves after one pass and only its key is remembered, in a ghost queue; what comes back while it is
// remembered enters the main queue. So a scan over everything drives out no more than the small queue.
//
// Thread safety: none; MemoryCache keeps a mutex beside each.
class S3Fifo {
 public:
  struct Value {
    std::shared_ptr<const std::string> bytes;  // shared with who is reading it
    std::vector<std::uint64_t> seen;           // for TagGenerations::unchanged
    std::chrono::steady_clock::time_point expires;
  };

  explicit S3Fifo(std::size_t capacity) : capacity_(capacity), small_capacity_(capacity / 10) {}

  // Null if it is not here. Counts as one use. Valid until the next call of put or remove.
  const Value* find(std::string_view key);

  // In place of what is there under this key. False if it is larger than a tenth of the capacity: it would drive out
  // too much. Others may leave.
  bool put(std::string_view key, Value value);

  void remove(std::string_view key);
  // Calls `gone` with each key, and removes those for which it is true.
  template <typename Gone>
  void remove_if(const Gone& gone);
  void clear();

  std::size_t bytes() const { return small_bytes_ + main_bytes_; }  // keys, values and what is kept beside them
  std::size_t size() const { return entries_.size(); }
  std::uint64_t evictions() const { return evictions_; }

 private:
  struct Entry {
    std::string key;
    Value value;
    std::size_t cost = 0;  // bytes
    int uses = 0;          // since it entered its queue, at most 3
    bool in_main = false;
  };
  using Queue = std::list<Entry>;  // newest in front

  static std::size_t cost_of(std::string_view key, const Value& value);
  void erase(Queue::iterator entry);
  void make_room();
  void evict_from_small();
  void evict_from_main();
  void remember(std::string_view key);

  const std::size_t capacity_;
  const std::size_t small_capacity_;
  Queue small_;
  Queue main_;
  std::size_t small_bytes_ = 0;
  std::size_t main_bytes_ = 0;
  std::unordered_map<std::string_view, Queue::iterator> entries_;  // the keys are those of the entries
  std::deque<std::size_t> ghosts_;                                 // hashes of keys, oldest in front
  std::unordered_multiset<std::size_t> is_ghost_;
  std::uint64_t evictions_ = 0;
};

template <typename Gone>
void S3Fifo::remove_if(const Gone& gone) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto where = entry->second;
    ++entry;
    if (gone(where->key)) erase(where);
  }
}

}  // namespace tintype
