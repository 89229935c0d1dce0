#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/engine_worker/worker_process.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// Who works and who waits for a worker. It starts and ends no process itself: whoever holds it asks how many to start
// (wanted_starts), brings them in (add), and takes out those to end.
//
// Thread safety: all methods may be called concurrently.
class WorkerRoster {
 public:
  using Clock = std::chrono::steady_clock;

  // `most`: workers at a time; one more while a worn one is being replaced. `target`: how many are kept without work.
  WorkerRoster(int target, int most) : most_(most), target_(target) {}

  // A worker on loan. Must be given back, or taken out if it was lost.
  struct Member {
    std::unique_ptr<WorkerProcess> worker;
    bool idle = true;
    bool worn = false;      // works, but is to be replaced
    bool expelled = false;  // ends when it comes back
    Clock::time_point idle_since;
  };
  struct Loan {
    Member* member = nullptr;
    bool cold_start = false;  // it was started while this borrower waited
  };

  // Waits for a worker until `deadline`; calls `on_wait` once it is in the line, if it must wait at all. Error:
  // Overloaded, at once while none can be started.
  Result<Loan> lend(Deadline deadline, const std::function<void()>& on_wait);
  // `worn`: it should be replaced as soon as another is ready.
  void give_back(Member* member, bool worn);
  // The worker of a loan that was lost.
  std::unique_ptr<WorkerProcess> take_out(Member* member);

  // How many should be started beyond those that are starting.
  int wanted_starts() const;
  void count_starting(int change);
  // A worker that has started is at hand, and goes to whoever has waited longest.
  void add(std::unique_ptr<WorkerProcess> worker);
  // While none can be started, and none is there, borrowers are refused at once.
  void set_failing(bool failing);

  // Takes out those that are beyond the target and have been idle since before `idle_before`, and those expelled.
  std::vector<std::unique_ptr<WorkerProcess>> take_surplus(Clock::time_point idle_before);
  // Takes out those that have died without work.
  std::vector<std::unique_ptr<WorkerProcess>> take_dead();
  // Of the idle ones, for poll(2).
  std::vector<int> idle_pidfds() const;

  void set_target(int target);
  // True once as many workers as the target are there; false if `deadline` comes first or none can be started.
  bool wait_for_target(Deadline deadline);
  // No worker is there, and none can be started.
  bool is_hopeless() const;

  struct Counts {
    int starting = 0;
    int idle = 0;
    int busy = 0;
    int target = 0;
    int waiting = 0;        // borrowers
    bool sandboxed = true;  // all of them
  };
  Counts counts() const;

 private:
  struct Waiter {
    std::condition_variable ready;
    Loan loan;
    bool refused = false;
  };

  bool hopeless() const { return failing_ && members_.empty(); }
  std::optional<Loan> idle_one();
  void hand_over(Member* member, bool cold_start);
  void replace_worn();
  std::unique_ptr<WorkerProcess> extract(Member* member);
  int live() const { return static_cast<int>(members_.size()) + starting_; }
  int worn() const;

  const int most_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Member>> members_;  // guarded by mutex_, as is the rest
  std::deque<Waiter*> waiters_;
  std::condition_variable changed_;  // for wait_for_target
  int target_;
  int starting_ = 0;
  bool failing_ = false;
};

}  // namespace tintype
