#include "adapters/engine_worker/worker_roster.h"

#include <gmock/gmock.h>

#include <future>

namespace tintype {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using Loan = WorkerRoster::Loan;
using Member = WorkerRoster::Member;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}
WorkerRoster::Clock::time_point later() {
  return WorkerRoster::Clock::now() + std::chrono::hours(1);
}

// A roster whose workers have no process.
class WorkerRosterTest : public testing::Test {
 protected:
  static constexpr int kTarget = 2;
  static constexpr int kMost = 4;

  // Gives which worker it is.
  WorkerProcess* add_worker() {
    auto worker =
        std::make_unique<WorkerProcess>(ForkedWorker{ChildProcess(), UniqueFd()}, std::chrono::microseconds(0));
    WorkerProcess* const added = worker.get();
    roster_.count_starting(1);
    roster_.add(std::move(worker));
    return added;
  }
  void add_workers(int count) {
    for (int i = 0; i < count; ++i) add_worker();
  }
  Loan lend() {
    return roster_.lend(soon(), [] { ADD_FAILURE() << "had to wait"; }).value();
  }
  Member* lend_member() { return lend().member; }

  // Returns once the borrower is in the line.
  std::future<Result<Loan>> lend_later(Deadline deadline = soon()) {
    auto in_line = std::make_shared<std::promise<void>>();  // shared with the thread below
    auto waiting = in_line->get_future();
    auto loan = std::async(std::launch::async,
                           [this, deadline, in_line] { return roster_.lend(deadline, [&] { in_line->set_value(); }); });
    waiting.wait();
    return loan;
  }
  std::vector<std::unique_ptr<WorkerProcess>> take_surplus() { return roster_.take_surplus(later()); }

  WorkerRoster roster_{kTarget, kMost};
};

bool is_answered(const std::future<Result<Loan>>& loan) {
  return loan.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

TEST_F(WorkerRosterTest, LastReturnedIsLentFirst) {
  add_workers(3);
  Member* const first = lend_member();
  Member* const second = lend_member();
  roster_.give_back(first, false);
  roster_.give_back(second, false);
  EXPECT_EQ(lend_member(), second);
  EXPECT_EQ(lend_member(), first);
}

TEST_F(WorkerRosterTest, WorkerOnLoanIsNotLentAgain) {
  add_workers(2);
  EXPECT_NE(lend_member(), lend_member());
}

TEST_F(WorkerRosterTest, WaiterGetsTheReturnedOne) {
  add_worker();
  Member* const member = lend_member();
  auto waiter = lend_later();
  roster_.give_back(member, false);
  const auto loan = waiter.get();
  ASSERT_TRUE(loan);
  EXPECT_EQ(loan->member, member);
  EXPECT_FALSE(loan->cold_start);
}

TEST_F(WorkerRosterTest, WhoCameFirstIsServedFirst) {
  add_worker();
  Member* const member = lend_member();
  auto first = lend_later();
  auto second = lend_later();
  roster_.give_back(member, false);
  ASSERT_TRUE(first.get());
  EXPECT_FALSE(is_answered(second));
  roster_.give_back(member, false);
  EXPECT_TRUE(second.get());
}

TEST_F(WorkerRosterTest, WaiterGetsTheJustStartedOneAsAColdStart) {
  auto waiter = lend_later();
  WorkerProcess* const worker = add_worker();
  const auto loan = waiter.get();
  ASSERT_TRUE(loan);
  EXPECT_EQ(loan->member->worker.get(), worker);
  EXPECT_TRUE(loan->cold_start);
}

TEST_F(WorkerRosterTest, OneAtHandIsNoColdStart) {
  add_worker();
  EXPECT_FALSE(lend().cold_start);
}

TEST_F(WorkerRosterTest, OneTakenOutIsGone) {
  WorkerProcess* const worker = add_worker();
  EXPECT_EQ(roster_.take_out(lend_member()).get(), worker);
  EXPECT_EQ(roster_.counts().idle + roster_.counts().busy, 0);
}

TEST_F(WorkerRosterTest, WantsAsManyAsTheTarget) {
  EXPECT_EQ(roster_.wanted_starts(), kTarget);
  add_worker();
  EXPECT_EQ(roster_.wanted_starts(), kTarget - 1);
}

TEST_F(WorkerRosterTest, WantsNoMoreThanAreStarting) {
  roster_.count_starting(kTarget);
  EXPECT_EQ(roster_.wanted_starts(), 0);
}

TEST_F(WorkerRosterTest, RaisedTargetWantsMore) {
  add_workers(kTarget);
  roster_.set_target(kTarget + 1);
  EXPECT_EQ(roster_.wanted_starts(), 1);
}

TEST_F(WorkerRosterTest, WantsOneForEachWaiter) {
  add_workers(kTarget);
  Member* const first = lend_member();
  Member* const second = lend_member();
  [[maybe_unused]] const auto waiter = lend_later();
  EXPECT_EQ(roster_.wanted_starts(), 1);
  [[maybe_unused]] const auto another = lend_later();
  EXPECT_EQ(roster_.wanted_starts(), 2);
  roster_.count_starting(1);
  EXPECT_EQ(roster_.wanted_starts(), 1);
  roster_.give_back(first, false);
  roster_.give_back(second, false);
}

TEST_F(WorkerRosterTest, WantsNoMoreThanMost) {
  add_workers(kMost);
  std::vector<Member*> busy;
  for (int i = 0; i < kMost; ++i) busy.push_back(lend_member());
  [[maybe_unused]] const auto waiter = lend_later();
  EXPECT_EQ(roster_.wanted_starts(), 0);
  roster_.give_back(busy.front(), false);
}

TEST_F(WorkerRosterTest, WantsOneMoreThanMostForAWornOne) {
  add_workers(kMost);
  roster_.give_back(lend_member(), true);
  EXPECT_EQ(roster_.wanted_starts(), 1);
}

TEST_F(WorkerRosterTest, WantsOneAtATimeForWornOnes) {
  add_workers(kMost);
  Member* const first = lend_member();
  Member* const second = lend_member();
  roster_.give_back(first, true);
  roster_.give_back(second, true);
  EXPECT_EQ(roster_.wanted_starts(), 1);
  roster_.count_starting(1);
  EXPECT_EQ(roster_.wanted_starts(), 0);
}

TEST_F(WorkerRosterTest, WornOneWorksUntilItIsReplaced) {
  add_worker();
  Member* const member = lend_member();
  roster_.give_back(member, true);
  EXPECT_THAT(take_surplus(), IsEmpty());
  EXPECT_EQ(lend_member(), member);
}

TEST_F(WorkerRosterTest, WornOneLeavesOnceItsReplacementIsThere) {
  WorkerProcess* const worn = add_worker();
  roster_.give_back(lend_member(), true);
  WorkerProcess* const fresh = add_worker();
  const auto leaving = take_surplus();
  ASSERT_THAT(leaving, SizeIs(1));
  EXPECT_EQ(leaving[0].get(), worn);
  EXPECT_EQ(lend_member()->worker.get(), fresh);
}

TEST_F(WorkerRosterTest, ReplacedOneIsNotLentAgain) {
  WorkerProcess* const worn = add_worker();
  roster_.give_back(lend_member(), true);
  add_worker();
  EXPECT_NE(lend_member()->worker.get(), worn);
  EXPECT_FALSE(roster_.lend(Deadline::after(std::chrono::seconds(0)), [] {}));
}

TEST_F(WorkerRosterTest, WornOneThatIsBusyLeavesWhenItComesBack) {
  WorkerProcess* const worn = add_worker();
  roster_.give_back(lend_member(), true);
  Member* const busy = lend_member();
  add_worker();
  EXPECT_THAT(take_surplus(), IsEmpty());
  roster_.give_back(busy, false);
  const auto leaving = take_surplus();
  ASSERT_THAT(leaving, SizeIs(1));
  EXPECT_EQ(leaving[0].get(), worn);
}

TEST_F(WorkerRosterTest, ReplacedOneThatComesBackServesNoWaiter) {
  add_worker();
  roster_.give_back(lend_member(), true);
  Member* const worn = lend_member();
  add_worker();
  Member* const fresh = lend_member();
  auto waiter = lend_later();
  roster_.give_back(worn, false);
  EXPECT_EQ(roster_.counts().waiting, 1);
  roster_.give_back(fresh, false);
  EXPECT_EQ(waiter.get()->member, fresh);
}

TEST_F(WorkerRosterTest, ANewOneReplacesOnlyOneWornOne) {
  add_workers(2);
  Member* const first = lend_member();
  Member* const second = lend_member();
  roster_.give_back(first, true);
  roster_.give_back(second, true);
  add_worker();
  EXPECT_THAT(take_surplus(), SizeIs(1));
}

TEST_F(WorkerRosterTest, SurplusBeyondTheTargetLeaves) {
  add_workers(kMost);
  EXPECT_THAT(take_surplus(), SizeIs(kMost - kTarget));
  EXPECT_THAT(take_surplus(), IsEmpty());
}

TEST_F(WorkerRosterTest, SurplusStaysUntilItsIdleTimeIsOver) {
  const auto before = WorkerRoster::Clock::now();
  add_workers(kMost);
  EXPECT_THAT(roster_.take_surplus(before), IsEmpty());
}

TEST_F(WorkerRosterTest, BusyOneIsNoSurplus) {
  roster_.set_target(0);
  add_worker();
  Member* const member = lend_member();
  EXPECT_THAT(take_surplus(), IsEmpty());
  roster_.give_back(member, false);
  EXPECT_THAT(take_surplus(), SizeIs(1));
}

TEST_F(WorkerRosterTest, FailingWithoutWorkersRefusesAtOnce) {
  roster_.set_failing(true);
  const auto loan = roster_.lend(soon(), [] { ADD_FAILURE() << "had to wait"; });
  ASSERT_FALSE(loan);
  EXPECT_EQ(loan.error().code, ErrorCode::Overloaded);
}

TEST_F(WorkerRosterTest, FailingWithoutWorkersRefusesThoseInLine) {
  auto first = lend_later(Deadline::never());
  auto second = lend_later();
  roster_.set_failing(true);
  EXPECT_EQ(first.get().error().code, ErrorCode::Overloaded);
  EXPECT_EQ(second.get().error().code, ErrorCode::Overloaded);
  EXPECT_EQ(roster_.counts().waiting, 0);
}

TEST_F(WorkerRosterTest, FailingWithAWorkerLetsBorrowersWait) {
  add_worker();
  Member* const member = lend_member();
  roster_.set_failing(true);
  auto waiter = lend_later();
  roster_.give_back(member, false);
  EXPECT_TRUE(waiter.get());
}

TEST_F(WorkerRosterTest, AWorkerThatStartsEndsTheFailing) {
  roster_.set_failing(true);
  add_worker();
  roster_.take_out(lend_member());
  auto waiter = lend_later();
  add_worker();
  EXPECT_TRUE(waiter.get());
}

TEST_F(WorkerRosterTest, DeadlineEndsTheWait) {
  const auto loan = roster_.lend(Deadline::after(std::chrono::milliseconds(20)), [] {});
  ASSERT_FALSE(loan);
  EXPECT_EQ(loan.error().code, ErrorCode::Overloaded);
}

TEST_F(WorkerRosterTest, WhoseDeadlinePassedIsNotInLineAnyMore) {
  ASSERT_FALSE(roster_.lend(Deadline::after(std::chrono::milliseconds(20)), [] {}));
  EXPECT_EQ(roster_.counts().waiting, 0);
  add_worker();
  EXPECT_EQ(roster_.counts().idle, 1);
}

TEST_F(WorkerRosterTest, WhoMustWaitSaysSoOnce) {
  int waits = 0;
  ASSERT_FALSE(roster_.lend(Deadline::after(std::chrono::milliseconds(20)), [&waits] { ++waits; }));
  EXPECT_EQ(waits, 1);
}

TEST_F(WorkerRosterTest, CountsWhoWorksAndWhoWaits) {
  add_workers(3);
  Member* const busy = lend_member();
  roster_.count_starting(1);
  const auto counts = roster_.counts();
  EXPECT_EQ(counts.busy, 1);
  EXPECT_EQ(counts.idle, 2);
  EXPECT_EQ(counts.starting, 1);
  EXPECT_EQ(counts.target, kTarget);
  EXPECT_EQ(counts.waiting, 0);
  roster_.give_back(busy, false);
  EXPECT_EQ(roster_.counts().busy, 0);
}

TEST_F(WorkerRosterTest, OneWithoutASandboxIsSeen) {
  EXPECT_TRUE(roster_.counts().sandboxed);
  add_worker();  // it never said that it is sandboxed
  EXPECT_FALSE(roster_.counts().sandboxed);
}

TEST_F(WorkerRosterTest, IdlePidfdsAreThoseOfIdleWorkers) {
  add_workers(2);
  lend_member();
  EXPECT_THAT(roster_.idle_pidfds(), SizeIs(1));
}

TEST_F(WorkerRosterTest, WaitForTargetEndsWhenAsManyAreThere) {
  auto reached = std::async(std::launch::async, [this] { return roster_.wait_for_target(soon()); });
  add_workers(kTarget);
  EXPECT_TRUE(reached.get());
}

TEST_F(WorkerRosterTest, WaitForTargetEndsAtItsDeadline) {
  add_workers(kTarget - 1);
  EXPECT_FALSE(roster_.wait_for_target(Deadline::after(std::chrono::milliseconds(20))));
}

TEST_F(WorkerRosterTest, WaitForTargetEndsWhenNoneCanBeStarted) {
  auto reached = std::async(std::launch::async, [this] { return roster_.wait_for_target(Deadline::never()); });
  roster_.set_failing(true);
  EXPECT_FALSE(reached.get());
}

}  // namespace
}  // namespace tintype
