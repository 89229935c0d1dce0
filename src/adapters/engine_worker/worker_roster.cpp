// DESIGN. The worker that came back last is lent first: its memory is warm, and the others grow idle enough to be
// ended. A worn worker is replaced before it goes, so that no request pays for its end: it works on until its successor
// is ready. The line is first come, first served; a worker that has just started goes to its head, and that borrower's
// request is the cold start.
#include "adapters/engine_worker/worker_roster.h"

#include <algorithm>

namespace tintype {
namespace {

tl::unexpected<Error> no_worker(const char* detail) {
  return fail(ErrorCode::Overloaded, "no image worker is free; try again shortly", detail);
}

}  // namespace

std::optional<WorkerRoster::Loan> WorkerRoster::idle_one() {
  Member* best = nullptr;
  for (const auto& member : members_) {
    if (!member->idle || member->expelled) continue;
    if (best == nullptr || member->idle_since > best->idle_since) best = member.get();
  }
  if (best == nullptr) return std::nullopt;
  best->idle = false;
  return Loan{best, false};
}

Result<WorkerRoster::Loan> WorkerRoster::lend(Deadline deadline, const std::function<void()>& on_wait) {
  std::unique_lock lock(mutex_);
  if (hopeless()) return no_worker("no image worker can be started");
  if (const auto loan = idle_one()) return *loan;
  Waiter waiter;
  waiters_.push_back(&waiter);
  on_wait();
  const auto answered = [&waiter] { return waiter.loan.member != nullptr || waiter.refused; };
  if (deadline.is_never()) {
    waiter.ready.wait(lock, answered);
  } else {
    waiter.ready.wait_until(lock, deadline.time_point(), answered);
  }
  if (waiter.loan.member != nullptr) return waiter.loan;
  if (waiter.refused) return no_worker("no image worker can be started");
  std::erase(waiters_, &waiter);
  return no_worker("no image worker before the deadline");
}

void WorkerRoster::give_back(Member* member, bool is_worn) {
  const std::lock_guard lock(mutex_);
  member->worn = member->worn || is_worn;
  hand_over(member, false);
}

void WorkerRoster::hand_over(Member* member, bool cold_start) {
  if (!waiters_.empty() && !member->expelled) {
    Waiter* const waiter = waiters_.front();
    waiters_.pop_front();
    member->idle = false;
    waiter->loan = {member, cold_start};
    waiter->ready.notify_one();
    return;
  }
  member->idle = true;
  member->idle_since = Clock::now();
}

std::unique_ptr<WorkerProcess> WorkerRoster::take_out(Member* member) {
  const std::lock_guard lock(mutex_);
  return extract(member);
}

std::unique_ptr<WorkerProcess> WorkerRoster::extract(Member* member) {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const auto& each) { return each.get() == member; });
  auto worker = std::move((*found)->worker);
  members_.erase(found);
  return worker;
}

int WorkerRoster::worn() const {
  return static_cast<int>(
      std::count_if(members_.begin(), members_.end(), [](const auto& each) { return each->worn && !each->expelled; }));
}

int WorkerRoster::wanted_starts() const {
  const std::lock_guard lock(mutex_);
  const int for_target = target_ - live();
  const int for_waiters = static_cast<int>(waiters_.size()) - starting_;
  const bool replace = worn() > 0 && starting_ == 0;
  const int wanted = std::max({0, for_target, for_waiters, replace ? 1 : 0});
  return std::max(0, std::min(wanted, most_ + (replace ? 1 : 0) - live()));
}

void WorkerRoster::count_starting(int change) {
  const std::lock_guard lock(mutex_);
  starting_ += change;
}

void WorkerRoster::add(std::unique_ptr<WorkerProcess> worker) {
  const std::lock_guard lock(mutex_);
  --starting_;
  failing_ = false;
  replace_worn();
  auto& member = members_.emplace_back(std::make_unique<Member>());
  member->worker = std::move(worker);
  hand_over(member.get(), true);
  changed_.notify_all();
}

void WorkerRoster::replace_worn() {
  for (const auto& member : members_) {
    if (!member->worn || member->expelled) continue;
    member->expelled = true;
    return;
  }
}

void WorkerRoster::set_failing(bool failing) {
  const std::lock_guard lock(mutex_);
  failing_ = failing;
  changed_.notify_all();
  if (!hopeless()) return;
  for (Waiter* const waiter : waiters_) {
    waiter->refused = true;
    waiter->ready.notify_one();
  }
  waiters_.clear();
}

std::vector<std::unique_ptr<WorkerProcess>> WorkerRoster::take_surplus(Clock::time_point idle_before) {
  const std::lock_guard lock(mutex_);
  std::vector<Member*> leaving;
  int staying = static_cast<int>(members_.size());
  const auto leave = [&](Member* member) {
    leaving.push_back(member);
    --staying;
  };
  for (const auto& member : members_) {
    if (member->idle && member->expelled) leave(member.get());
  }
  for (const auto& member : members_) {
    if (member->idle && !member->expelled && staying > target_ && member->idle_since < idle_before) leave(member.get());
  }
  std::vector<std::unique_ptr<WorkerProcess>> taken;
  for (Member* const member : leaving) taken.push_back(extract(member));
  return taken;
}

std::vector<std::unique_ptr<WorkerProcess>> WorkerRoster::take_dead() {
  const std::lock_guard lock(mutex_);
  std::vector<Member*> dead;
  for (const auto& member : members_) {
    if (member->idle && member->worker->has_ended()) dead.push_back(member.get());
  }
  std::vector<std::unique_ptr<WorkerProcess>> taken;
  for (Member* const member : dead) taken.push_back(extract(member));
  return taken;
}

std::vector<int> WorkerRoster::idle_pidfds() const {
  const std::lock_guard lock(mutex_);
  std::vector<int> pidfds;
  for (const auto& member : members_) {
    if (member->idle) pidfds.push_back(member->worker->pidfd());
  }
  return pidfds;
}

void WorkerRoster::set_target(int target) {
  const std::lock_guard lock(mutex_);
  target_ = target;
}

bool WorkerRoster::wait_for_target(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto enough = [this] { return static_cast<int>(members_.size()) >= target_; };
  changed_.wait_for(lock, deadline.remaining(), [&] { return enough() || hopeless(); });
  return enough();
}

bool WorkerRoster::is_hopeless() const {
  const std::lock_guard lock(mutex_);
  return hopeless();
}

WorkerRoster::Counts WorkerRoster::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts{.starting = starting_, .target = target_, .waiting = static_cast<int>(waiters_.size())};
  for (const auto& member : members_) {
    ++(member->idle ? counts.idle : counts.busy);
    counts.sandboxed = counts.sandboxed && member->worker->sandboxed();
  }
  return counts;
}

}  // namespace tintype
