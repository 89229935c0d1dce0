// What every JobQueue must do, second part: jobs fail, become dead letters, and come back; and what depth() says.
#include <algorithm>

#include "tests/contract/job_queue_contract.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Steady = std::chrono::steady_clock;

class JobQueueDeadLetters : public JobQueueContract {};

TEST_P(JobQueueDeadLetters, FailedJobIsGivenAgainAtOnceWithoutADelay) {
  push({"a"});
  EXPECT_EQ(queue().retry(take_one(), 0ms, "no luck", soon()).value_or(true), false);
  const auto again = queue().receive(10, kLongLease, 5s, soon());
  ASSERT_TRUE(again);
  ASSERT_THAT(*again, SizeIs(1));
  EXPECT_EQ(again->front().job, job("a"));
  EXPECT_EQ(again->front().attempt, 2);
}

TEST_P(JobQueueDeadLetters, FailedJobIsGivenAgainAfterItsDelay) {
  const auto delay = 2 * traits().shortest_lease();
  push({"a"});
  const ReceivedJob first = take_one();
  const auto begin = Steady::now();
  EXPECT_EQ(queue().retry(first, delay, "no luck", soon()).value_or(true), false);
  EXPECT_THAT(receive(10), IsEmpty());
  const ReceivedJob second = take_one();
  EXPECT_GE(Steady::now() - begin, delay - 10ms);  // of a clock that is another
  EXPECT_EQ(second.attempt, 2);
}

TEST_P(JobQueueDeadLetters, RetryThatComesTwiceHappensOnce) {
  push({"a"});
  const ReceivedJob given = take_one();
  EXPECT_EQ(queue().retry(given, 0ms, "no luck", soon()).value_or(true), false);
  take_one();
  EXPECT_EQ(queue().retry(given, 0ms, "no luck", soon()).value_or(true), false);
  EXPECT_THAT(receive(10), IsEmpty()) << "the job belongs to who got it second";
}

TEST_P(JobQueueDeadLetters, FailureOfTheLastAttemptMakesADeadLetter) {
  const UnixTime before = now();
  push({"a"});
  const ReceivedJob last = take_for_the_last_time();
  EXPECT_EQ(last.attempt, traits().max_attempts());
  EXPECT_EQ(queue().retry(last, 0ms, "disk on fire, ü", soon()).value_or(false), true);
  EXPECT_THAT(receive(10), IsEmpty());
  const auto letters = dead();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].job, job("a"));
  EXPECT_EQ(letters[0].attempts, traits().max_attempts());
  EXPECT_EQ(letters[0].reason, "disk on fire, ü");
  EXPECT_GE(letters[0].died_at, before);
}

TEST_P(JobQueueDeadLetters, OldReceiptMakesNoDeadLetter) {
  push({"a"});
  for (int attempt = 1; attempt < traits().max_attempts() - 1; ++attempt) {
    ASSERT_TRUE(queue().retry(take_one(), 0ms, "try again", soon()));
  }
  const ReceivedJob old = take_one(traits().shortest_lease());
  const ReceivedJob last = take_one();
  EXPECT_EQ(last.attempt, traits().max_attempts());
  ReceivedJob as_if_last = old;
  as_if_last.attempt = last.attempt;
  EXPECT_EQ(queue().retry(as_if_last, 0ms, "too late", soon()).value_or(true), false);
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_EQ(code_of(queue().extend(last, kLongLease, soon())), std::nullopt);
}

TEST_P(JobQueueDeadLetters, AbortedJobIsADeadLetterAtOnce) {
  push({"a"});
  abort(take_one(), "no such recipe");
  EXPECT_THAT(receive(10), IsEmpty());
  const auto letters = dead();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].job, job("a"));
  EXPECT_EQ(letters[0].attempts, 1);
  EXPECT_EQ(letters[0].reason, "no such recipe");
}

TEST_P(JobQueueDeadLetters, JobThatNobodyEverSettlesBecomesADeadLetter) {
  push({"a"});
  for (int attempt = 1; attempt <= traits().max_attempts(); ++attempt) {
    EXPECT_EQ(take_one(traits().shortest_lease()).attempt, attempt);
  }
  EXPECT_TRUE(eventually([&] {
    EXPECT_THAT(receive(10), IsEmpty());
    return depth().dead == 1;
  }));
  const auto letters = dead();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].job, job("a"));
  EXPECT_EQ(letters[0].attempts, traits().max_attempts());
}

TEST_P(JobQueueDeadLetters, ReasonMayBeAnything) {
  push({"empty", "long", "strange"});
  const std::string strange = std::string("\x01 \xff \n", 6) + '\0';
  for (const ReceivedJob& one : take(3)) {
    abort(one, one.job.key == "empty" ? "" : one.job.key == "long" ? std::string(300'000, 'x') : strange);
  }
  EXPECT_THAT(keys_of(dead()), UnorderedElementsAre("empty", "long", "strange"));
}

TEST_P(JobQueueDeadLetters, ListingThemLeavesThemWhatTheyAre) {
  std::vector<std::string> keys;
  for (int i = 0; i < 15; ++i) keys.push_back("job" + std::to_string(i));
  push(keys);
  for (const ReceivedJob& one : take(15)) abort(one, "no");
  for (int i = 0; i < 3; ++i) EXPECT_THAT(keys_of(dead()), testing::UnorderedElementsAreArray(keys));
  EXPECT_THAT(dead(4), SizeIs(4));
  EXPECT_EQ(depth().dead, 15);
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(JobQueueDeadLetters, RedriveMakesThemJobsAgainUpToItsLimit) {
  push({"a", "b", "c"});
  for (const ReceivedJob& one : take(3)) abort(one, "no");
  EXPECT_EQ(queue().redrive(2, soon()).value_or(-1), 2);
  EXPECT_THAT(dead(), SizeIs(1));
  Jobs jobs = take(2);
  for (const ReceivedJob& one : jobs) EXPECT_EQ(one.attempt, 1);
  EXPECT_THAT(receive(10), IsEmpty());
  EXPECT_EQ(queue().redrive(100, soon()).value_or(-1), 1);
  jobs.push_back(take_one());
  EXPECT_THAT(keys_of(jobs), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_EQ(queue().redrive(100, soon()).value_or(-1), 0);
}

TEST_P(JobQueueDeadLetters, RedrivenJobHasAllItsAttemptsAgain) {
  push({"a"});
  for (int life = 1; life <= 2; ++life) {
    EXPECT_EQ(queue().retry(take_for_the_last_time(), 0ms, "again", soon()).value_or(false), true);
    EXPECT_THAT(dead(), SizeIs(1));
    EXPECT_EQ(queue().redrive(1, soon()).value_or(-1), 1);
  }
  const ReceivedJob given = take_one();
  EXPECT_EQ(given.job, job("a"));
  EXPECT_EQ(given.attempt, 1);
}

TEST_P(JobQueueDeadLetters, DepthCountsWhatIsThere) {
  push({"a", "b", "c", "d"});
  EXPECT_TRUE(eventually([&] { return depth().ready == 4; }));
  const Jobs jobs = take(3);
  abort(jobs[0], "no");
  ASSERT_TRUE(queue().retry(jobs[1], kLongLease, "later", soon()));
  EXPECT_TRUE(eventually([&] { return depth().ready == 1 && depth().dead == 1; }));
  const QueueDepth found = depth();
  EXPECT_EQ(found.delayed + found.leased, 2);
  if (traits().tells_delayed_from_leased()) {
    EXPECT_EQ(found.delayed, 1);
  }
  finish({jobs[2]});
  EXPECT_TRUE(eventually([&] { return depth().delayed + depth().leased == 1; }));
}

TEST_P(JobQueueDeadLetters, OldestIsTheAgeOfAJobThatIsReady) {
  EXPECT_EQ(depth().oldest, std::nullopt);
  const UnixTime before = now();
  push({"a"});
  if (const auto oldest = depth().oldest) {
    EXPECT_GE(*oldest, 0ms);
    EXPECT_LE(*oldest, now() - before);
  }
  take_one();
  EXPECT_EQ(depth().oldest, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Adapters, JobQueueDeadLetters, testing::ValuesIn(job_queue_adapters()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tintype::testing_support
