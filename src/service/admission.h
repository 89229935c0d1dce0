#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_header.h"
#include "model/render_spec.h"

namespace tintype {

// Decides when image work may begin: at most `slots` at a time (one per core: threads inside an image buy nothing), and
// only as much as its predicted bytes fit the budget. Peers that limit jobs but not bytes run out of memory.
//
// Turns are taken in the order of arrival, so that a large image is not passed by small ones for ever. Once the first
// in line has waited for long, there is more work than can be done, and the last in line goes first: in order all would
// wait too long, and so at least those who come now are served in time. An image whose prediction is above the whole
// budget is let in alone. Who enters behind lets all others pass, but not for ever.
//
// Thread safety: all methods may be called concurrently.
class Admission {
 public:
  struct Limits {
    int slots = 1;
    std::uint64_t memory_budget = 0;            // bytes
    int waiting = 0;                            // callers that may wait for their turn; the next is refused at once
    std::chrono::milliseconds patience{1000};   // of those behind; then they stand in line like the others
    std::chrono::milliseconds long_wait{5000};  // of the first in line; from then on the last goes first
  };

  explicit Admission(Limits limits) : limits_(limits) {}

  // Holds a slot and bytes until it dies.
  class Ticket {
   public:
    Ticket(Admission& admission, std::uint64_t bytes) : admission_(&admission), bytes_(bytes) {}
    Ticket(Ticket&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)), bytes_(other.bytes_) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() { release(); }
    // Gives slot and bytes back early.
    void release();

   private:
    Admission* admission_;
    std::uint64_t bytes_;
  };

  // Waits for its turn until `deadline`. Error: Overloaded, at once when too many wait already.
  Result<Ticket> enter(std::uint64_t bytes, Deadline deadline);

  // The same for work that nobody waits for: its turn comes when no one is in line, or when `patience` has passed and
  // it has stood in line since. Any number may wait. Error: Overloaded, at the deadline.
  Result<Ticket> enter_behind(std::uint64_t bytes, Deadline deadline);

  int running() const;
  int waiting() const;  // in line
  int behind() const;
  std::uint64_t reserved_bytes() const;

 private:
  struct Turn {
    std::uint64_t bytes;
    std::condition_variable ready = {};
    bool granted = false;
    Deadline::Clock::time_point arrived = Deadline::Clock::now();
  };
  bool fits(std::uint64_t bytes) const;
  Ticket take(std::uint64_t bytes);
  void grant_turns();
  void leave(std::uint64_t bytes);

  const Limits limits_;
  mutable std::mutex mutex_;
  bool wait_for(Turn& turn, Deadline deadline, std::unique_lock<std::mutex>& lock);
  void grant_from(std::deque<Turn*>& line);
  std::deque<Turn*>::iterator next_in(std::deque<Turn*>& line) const;

  std::deque<Turn*> line_;  // guarded by mutex_, as are the three below
  std::deque<Turn*> behind_;
  int running_ = 0;
  std::uint64_t reserved_ = 0;
};

// The memory that rendering `header` with `spec` will take at its peak: from measurements over the engine
// (docs/operations.md).
std::uint64_t predicted_bytes(const ImageHeader& header, const RenderSpec& spec);

}  // namespace tintype
