// What every JobQueue must do, first part: jobs come in, are given with a lease, and are finished. The second part is
// in job_queue_dead_letters.cpp.
#include "tests/contract/job_queue_contract.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace tintype::testing_support {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;
using Steady = std::chrono::steady_clock;

JobQueueContract::Jobs JobQueueContract::take(std::size_t count, std::chrono::milliseconds lease) {
  Jobs jobs;
  const bool are_all = eventually([&] {
    std::ranges::move(receive(static_cast<int>(std::min<std::size_t>(count - jobs.size(), 10)), lease),
                      std::back_inserter(jobs));
    return jobs.size() >= count;
  });
  EXPECT_TRUE(are_all) << jobs.size() << " of " << count << " jobs were given";
  if (!are_all) jobs.resize(count);
  return jobs;
}

ReceivedJob JobQueueContract::take_for_the_last_time() {
  for (int attempt = 1; attempt < traits().max_attempts(); ++attempt) {
    EXPECT_EQ(queue().retry(take_one(), 0ms, "try again", soon()).value_or(true), false);
  }
  return take_one();
}

namespace {

std::vector<std::string> numbered(const std::string& name, int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back(name + std::to_string(i));
  return keys;
}

TEST_P(JobQueueContract, JobIsGivenAsItWasPushed) {
  const UnixTime before = now();
  push({"a"});
  const ReceivedJob given = take_one();
  EXPECT_EQ(given.job, job("a"));
  EXPECT_EQ(given.attempt, 1);
  EXPECT_GE(given.pushed_at, before);
  EXPECT_LE(given.pushed_at, now());
}

TEST_P(JobQueueContract, EmptyQueueGivesNone) {
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, NothingCanBePushedAndFinished) {
  EXPECT_EQ(code_of(queue().push({}, soon())), std::nullopt);
  EXPECT_EQ(code_of(queue().finish({}, soon())), std::nullopt);
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, LimitIsKept) {
  push(numbered("job", 12));
  EXPECT_THAT(receive(1), SizeIs(1));
  EXPECT_THAT(receive(10).size(), testing::Le(10));
}

TEST_P(JobQueueContract, ManyJobsCanBePushedAndFinishedAtOnce) {
  const auto keys = numbered("job", 25);
  push(keys);
  const Jobs jobs = take(25);
  EXPECT_THAT(keys_of(jobs), UnorderedElementsAreArray(keys));
  finish(jobs);
  EXPECT_TRUE(eventually([&] { return depth().leased == 0; }));
  EXPECT_EQ(depth().ready, 0);
}

TEST_P(JobQueueContract, LargeBodiesComeBackWhole) {
  std::vector<NewJob> jobs;
  for (int i = 0; i < 11; ++i) {
    jobs.push_back({.key = std::string(499, 'k') + static_cast<char>('a' + i),
                    .body = std::string(200'000, static_cast<char>('a' + i))});
  }
  push_jobs(jobs);
  std::vector<NewJob> given;
  for (const ReceivedJob& one : take(jobs.size())) given.push_back(one.job);
  EXPECT_TRUE(std::ranges::is_permutation(given, jobs));
}

// Nothing beyond U+FFFF: not every engine takes it.
TEST_P(JobQueueContract, BodyMayHaveAnyScriptAndTheWhiteSpaceOfJson) {
  const NewJob text{.key = "derive/schön/1",
                    .body = "{\n\t\"text\":\r\n\"Ünïcödé, кириллица, 漢字, \\u0000 \\\"quoted\\\", 50 % & <b>\x7f\"}"};
  push_jobs({text});
  EXPECT_EQ(take_one().job, text);
}

TEST_P(JobQueueContract, LeasedJobIsGivenToNobodyElse) {
  push({"a"});
  take_one();
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, JobIsGivenAgainAfterItsLease) {
  push({"a"});
  const auto begin = Steady::now();
  const ReceivedJob first = take_one(traits().shortest_lease());
  const ReceivedJob second = take_one();
  EXPECT_GE(Steady::now() - begin, traits().shortest_lease());
  EXPECT_EQ(second.job, first.job);
  EXPECT_EQ(second.attempt, 2);
  EXPECT_EQ(second.pushed_at, first.pushed_at);
}

// Both leases would end together.
TEST_P(JobQueueContract, ExtendedLeaseOutlivesItsFirstEnd) {
  push({"extended", "other"});
  for (const ReceivedJob& one : take(2, traits().shortest_lease())) {
    if (one.job.key == "extended") {
      EXPECT_EQ(code_of(queue().extend(one, kLongLease, soon())), std::nullopt);
    }
  }
  EXPECT_EQ(take_one().job.key, "other");
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, LeaseCanBeExtendedToLess) {
  push({"a"});
  const ReceivedJob given = take_one();
  EXPECT_EQ(code_of(queue().extend(given, traits().shortest_lease(), soon())), std::nullopt);
  EXPECT_EQ(take_one().attempt, 2);
}

TEST_P(JobQueueContract, ExtendOfWhatWasGivenToSomebodyElseIsClaimLost) {
  push({"a"});
  const ReceivedJob first = take_one(traits().shortest_lease());
  const ReceivedJob second = take_one();
  EXPECT_EQ(code_of(queue().extend(first, kLongLease, soon())), ErrorCode::ClaimLost);
  EXPECT_EQ(code_of(queue().extend(second, kLongLease, soon())), std::nullopt);
}

TEST_P(JobQueueContract, ExtendOfWhatIsSettledIsClaimLost) {
  push({"finished", "aborted"});
  const Jobs jobs = take(2);
  finish({jobs[0]});
  abort(jobs[1], "no");
  for (const ReceivedJob& one : jobs) EXPECT_EQ(code_of(queue().extend(one, kLongLease, soon())), ErrorCode::ClaimLost);
}

TEST_P(JobQueueContract, FinishedJobIsNotGivenAgain) {
  push({"finished", "other"});
  for (const ReceivedJob& one : take(2, traits().shortest_lease())) {
    if (one.job.key == "finished") finish({one});
  }
  EXPECT_EQ(take_one().job.key, "other");
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, FinishOfWhatWasGivenToSomebodyElseLeavesItTheirs) {
  push({"a"});
  const ReceivedJob first = take_one(traits().shortest_lease());
  const ReceivedJob second = take_one();
  finish({first});
  EXPECT_EQ(code_of(queue().extend(second, kLongLease, soon())), std::nullopt);
  finish({second, second});
  finish({second});
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, ReceiveWaitsUntilSomethingIsPushed) {
  const auto begin = Steady::now();
  std::thread pusher([this] {
    std::this_thread::sleep_for(300ms);  // so that the other waits already; if it does not yet, that is as well
    push({"a"});
  });
  const auto received = queue().receive(10, kLongLease, 20s, soon());
  pusher.join();
  ASSERT_TRUE(received) << to_string(received.error());
  EXPECT_THAT(keys_of(*received), ElementsAre("a"));
  EXPECT_LT(Steady::now() - begin, 10s);
}

TEST_P(JobQueueContract, ReceiveEndsAtItsWait) {
  const auto begin = Steady::now();
  const auto received = queue().receive(10, kLongLease, 1300ms, soon());
  ASSERT_TRUE(received) << to_string(received.error());
  EXPECT_THAT(*received, IsEmpty());
  EXPECT_GE(Steady::now() - begin, 1300ms);
  EXPECT_LT(Steady::now() - begin, 10s);
}

TEST_P(JobQueueContract, ReceiveEndsAtItsDeadlineWithoutAnError) {
  const auto begin = Steady::now();
  const auto received = queue().receive(10, kLongLease, 30s, Deadline::after(1300ms));
  ASSERT_TRUE(received) << to_string(received.error());
  EXPECT_THAT(*received, IsEmpty());
  EXPECT_LT(Steady::now() - begin, 10s);
}

TEST_P(JobQueueContract, ReceiversAtOnceGetDifferentJobs) {
  constexpr int kReceivers = 4;
  const auto keys = numbered("job", 60);
  push(keys);
  std::mutex mutex;
  std::vector<std::string> given;  // guarded by mutex
  const auto take_some = [&] {
    const auto some = keys_of(receive(4));
    const std::lock_guard lock(mutex);
    given.insert(given.end(), some.begin(), some.end());
    return given.size() >= keys.size();
  };
  std::vector<std::thread> receivers;
  receivers.reserve(kReceivers);
  for (int i = 0; i < kReceivers; ++i) receivers.emplace_back([&] { EXPECT_TRUE(eventually(take_some)); });
  for (std::thread& receiver : receivers) receiver.join();
  EXPECT_THAT(given, UnorderedElementsAreArray(keys));
}

TEST_P(JobQueueContract, KeyThatComesTwiceInOnePushIsPushedOnce) {
  push({"a", "a", "b"});
  EXPECT_THAT(keys_of(take(2)), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, KeyThatIsInTheQueueIsLeftOut) {
  if (!traits().dedupes_keys()) GTEST_SKIP() << "this queue looks at no keys";
  push({"a"});
  push({"a", "b"});
  const Jobs jobs = take(2);
  EXPECT_THAT(keys_of(jobs), UnorderedElementsAre("a", "b"));
  push({"a"});  // somebody has it
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, KeyIsPushedAgainOnceItsJobIsSettled) {
  push({"finished", "aborted"});
  const Jobs jobs = take(2);
  for (const ReceivedJob& one : jobs) {
    if (one.job.key == "finished") finish({one});
    if (one.job.key == "aborted") abort(one, "no");
  }
  push({"finished", "aborted"});
  const Jobs again = take(2);
  EXPECT_THAT(keys_of(again), UnorderedElementsAre("finished", "aborted"));
  for (const ReceivedJob& one : again) EXPECT_EQ(one.attempt, 1);
}

TEST_P(JobQueueContract, PastDeadlineIsDeadlineExceeded) {
  push({"a"});
  const ReceivedJob given = take_one();
  const auto exceeded = std::optional(ErrorCode::DeadlineExceeded);
  const NewJob late = job("late");
  EXPECT_EQ(code_of(queue().push(std::span(&late, 1), past())), exceeded);
  EXPECT_EQ(code_of(queue().extend(given, kLongLease, past())), exceeded);
  EXPECT_EQ(code_of(queue().finish(std::span(&given, 1), past())), exceeded);
  EXPECT_EQ(code_of(queue().retry(given, 0ms, "late", past())), exceeded);
  EXPECT_EQ(code_of(queue().abort(given, "late", past())), exceeded);
  EXPECT_EQ(code_of(queue().depth(past())), exceeded);
  EXPECT_EQ(code_of(queue().dead(1, past())), exceeded);
  EXPECT_EQ(code_of(queue().redrive(1, past())), exceeded);
  EXPECT_EQ(code_of(queue().check(past())), exceeded);
  EXPECT_EQ(code_of(queue().extend(given, kLongLease, soon())), std::nullopt) << "nothing has happened";
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueContract, CheckOfWorkingQueueSucceeds) {
  EXPECT_EQ(code_of(queue().check(soon())), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Adapters, JobQueueContract, testing::ValuesIn(job_queue_adapters()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tintype::testing_support
