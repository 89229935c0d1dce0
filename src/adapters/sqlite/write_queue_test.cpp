#include "adapters/sqlite/write_queue.h"

#include <gmock/gmock.h>

#include <future>
#include <latch>
#include <stdexcept>

#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::TempDirectory;

constexpr std::chrono::milliseconds kBusyTimeout{5000};

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}

WriteQueue::Job add(int number) {
  return [number](Connection& connection) {
    return connection.execute(("INSERT INTO numbers (number) VALUES (" + std::to_string(number) + ")").c_str());
  };
}

WriteQueue::Job add_then_fail(int number) {
  return [number](Connection& connection) -> Result<void> {
    if (auto added = add(number)(connection); !added) return added;
    return fail(ErrorCode::NotFound, "changed its mind");
  };
}

std::optional<ErrorCode> code_of(const Result<void>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

// A queue over a table of numbers.
class WriteQueueTest : public testing::Test {
 protected:
  explicit WriteQueueTest(WriteQueue::Limits limits = {}, std::chrono::milliseconds busy_timeout = kBusyTimeout) {
    auto connection = Connection::open_read_write(file_, busy_timeout).value();
    EXPECT_TRUE(connection->execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY, filling BLOB) STRICT"));
    sqlite3_commit_hook(connection->handle(), on_commit, this);
    queue_ = std::make_unique<WriteQueue>(std::move(connection), limits);
  }
  ~WriteQueueTest() override { release_writer(); }

  // Keeps the writer in a job of its own until release_writer.
  void hold_writer() {
    held_ = std::async(std::launch::async, [this] {
      return queue_->run(
          [this](Connection&) -> Result<void> {
            writer_held_.count_down();
            release_.wait();
            return {};
          },
          soon());
    });
    writer_held_.wait();
  }
  void release_writer() {
    if (!release_.try_wait()) release_.count_down();
    if (held_.valid()) EXPECT_TRUE(held_.get());
  }

  // Runs `job` on another thread, and returns when it waits behind all that were enqueued before.
  std::future<Result<void>> enqueue(WriteQueue::Job job) {
    const std::size_t before = queue_->waiting();
    auto future = std::async(std::launch::async, [this, job = std::move(job)] { return queue_->run(job, soon()); });
    for (const Deadline limit = soon(); queue_->waiting() == before && !limit.expired();) std::this_thread::yield();
    return future;
  }

  // Jobs that add 0, 1, … to the numbers.
  std::vector<std::future<Result<void>>> enqueue_adding(int count) {
    std::vector<std::future<Result<void>>> jobs(static_cast<std::size_t>(count));
    for (int number = 0; number < count; ++number) jobs[static_cast<std::size_t>(number)] = enqueue(add(number));
    return jobs;
  }

  // As another connection sees them.
  std::vector<int> numbers() {
    auto reader = Connection::open_read_only(file_).value();
    auto select = reader->statement("SELECT number FROM numbers ORDER BY number").value();
    std::vector<int> numbers;
    while (select.step().value()) numbers.push_back(static_cast<int>(select.integer(0)));
    return numbers;
  }

  static constexpr int kHolder = 1;  // the commit of hold_writer's own job
  std::atomic<int> commits_ = 0;
  std::atomic<bool> refuse_commits_ = false;
  TempDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "numbers.db";
  std::unique_ptr<WriteQueue> queue_;

 private:
  static int on_commit(void* self) {
    auto& test = *static_cast<WriteQueueTest*>(self);
    ++test.commits_;
    return test.refuse_commits_ ? 1 : 0;
  }

  std::latch writer_held_{1};
  std::latch release_{1};
  std::future<Result<void>> held_;
};

class SmallWriteQueueTest : public WriteQueueTest {
 protected:
  SmallWriteQueueTest() : WriteQueueTest({.waiting = 3, .batch = 2}) {}
};

class ImpatientWriteQueueTest : public WriteQueueTest {
 protected:
  ImpatientWriteQueueTest() : WriteQueueTest({}, std::chrono::milliseconds(20)) {}
};

TEST_F(WriteQueueTest, AnsweredJobIsCommitted) {
  ASSERT_TRUE(queue_->run(add(1), soon()));
  EXPECT_THAT(numbers(), ElementsAre(1));
}

TEST_F(WriteQueueTest, JobsThatWaitTogetherShareOneCommit) {
  hold_writer();
  auto jobs = enqueue_adding(10);
  release_writer();
  for (auto& job : jobs) EXPECT_TRUE(job.get());
  EXPECT_EQ(commits_, kHolder + 1);
  EXPECT_EQ(numbers().size(), 10u);
}

TEST_F(SmallWriteQueueTest, BatchLimitSplitsTheWaitingJobs) {
  hold_writer();
  auto jobs = enqueue_adding(3);
  release_writer();
  for (auto& job : jobs) EXPECT_TRUE(job.get());
  EXPECT_EQ(commits_, kHolder + 2);
}

TEST_F(WriteQueueTest, FailingJobUndoesOnlyItself) {
  hold_writer();
  auto before = enqueue(add(1));
  auto changed_mind = enqueue(add_then_fail(2));
  auto duplicate = enqueue(add(1));
  auto after = enqueue(add(3));
  release_writer();
  EXPECT_EQ(code_of(before.get()), std::nullopt);
  EXPECT_EQ(code_of(changed_mind.get()), ErrorCode::NotFound);
  EXPECT_EQ(code_of(duplicate.get()), ErrorCode::Internal);
  EXPECT_EQ(code_of(after.get()), std::nullopt);
  EXPECT_EQ(commits_, kHolder + 1);
  EXPECT_THAT(numbers(), ElementsAre(1, 3));
}

TEST_F(WriteQueueTest, ThrowingJobIsInternalAndUndoesOnlyItself) {
  hold_writer();
  auto throwing = enqueue([](Connection& connection) -> Result<void> {
    EXPECT_TRUE(add(1)(connection));
    throw std::runtime_error("a bug");
  });
  auto after = enqueue(add(2));
  release_writer();
  EXPECT_EQ(code_of(throwing.get()), ErrorCode::Internal);
  EXPECT_TRUE(after.get());
  EXPECT_THAT(numbers(), ElementsAre(2));
}

TEST_F(WriteQueueTest, DeadlineThatPassesInTheQueueTakesTheJobOut) {
  hold_writer();
  EXPECT_EQ(code_of(queue_->run(add(1), Deadline::after(std::chrono::milliseconds(5)))), ErrorCode::DeadlineExceeded);
  EXPECT_EQ(queue_->waiting(), 0u);
  release_writer();
  ASSERT_TRUE(queue_->run(add(2), soon()));
  EXPECT_THAT(numbers(), ElementsAre(2));
}

TEST_F(WriteQueueTest, JobThatRunsWhenItsDeadlinePassesIsWaitedFor) {
  const Deadline deadline = Deadline::after(std::chrono::milliseconds(50));
  const auto outlasting = [deadline](Connection& connection) {
    while (!deadline.expired()) std::this_thread::yield();
    return add(1)(connection);
  };
  EXPECT_EQ(code_of(queue_->run(outlasting, deadline)), std::nullopt);
  EXPECT_THAT(numbers(), ElementsAre(1));
}

TEST_F(SmallWriteQueueTest, FullQueueIsOverloadedAtOnce) {
  hold_writer();
  auto jobs = enqueue_adding(3);
  EXPECT_EQ(code_of(queue_->run(add(9), Deadline::never())), ErrorCode::Overloaded);
  release_writer();
  for (auto& job : jobs) EXPECT_TRUE(job.get());
  EXPECT_THAT(numbers(), ElementsAre(0, 1, 2));
}

TEST_F(WriteQueueTest, FailedCommitUndoesTheWholeBatchAndTheQueueGoesOn) {
  hold_writer();
  auto one = enqueue([this](Connection& connection) {
    refuse_commits_ = true;
    return add(1)(connection);
  });
  auto two = enqueue(add_then_fail(2));
  release_writer();
  EXPECT_EQ(code_of(one.get()), ErrorCode::StoreUnavailable);
  EXPECT_EQ(code_of(two.get()), ErrorCode::StoreUnavailable);
  EXPECT_THAT(numbers(), IsEmpty());
  refuse_commits_ = false;
  ASSERT_TRUE(queue_->run(add(3), soon()));
  EXPECT_THAT(numbers(), ElementsAre(3));
}

TEST_F(WriteQueueTest, FullDatabaseIsStoreUnavailableAndTheQueueGoesOnWhenThereIsRoom) {
  const auto limit_pages = [](const char* pragma) {
    return [pragma](Connection& connection) { return connection.execute(pragma); };
  };
  const auto fill = [](Connection& connection) {
    return connection.execute("INSERT INTO numbers VALUES (7, zeroblob(1000000))");
  };
  ASSERT_TRUE(queue_->run(limit_pages("PRAGMA max_page_count = 10"), soon()));
  const auto filled = queue_->run(fill, soon());
  EXPECT_EQ(code_of(filled), ErrorCode::StoreUnavailable);
  EXPECT_THAT(filled.error().detail, testing::HasSubstr("full"));
  EXPECT_THAT(filled.error().public_message, testing::Not(testing::HasSubstr("full")));
  ASSERT_TRUE(queue_->run(add(1), soon()));
  ASSERT_TRUE(queue_->run(limit_pages("PRAGMA max_page_count = 100000"), soon()));
  ASSERT_TRUE(queue_->run(fill, soon()));
  EXPECT_THAT(numbers(), ElementsAre(1, 7));
}

TEST_F(WriteQueueTest, DeadlineThatPassesWhileAnotherProcessHoldsTheLockTakesTheJobOut) {
  auto other = Connection::open_read_write(file_, kBusyTimeout).value();
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE; INSERT INTO numbers (number) VALUES (5)"));
  EXPECT_EQ(code_of(queue_->run(add(1), Deadline::after(std::chrono::milliseconds(30)))), ErrorCode::DeadlineExceeded);
  ASSERT_TRUE(other->execute("COMMIT"));
  ASSERT_TRUE(queue_->run(add(2), soon()));
  EXPECT_THAT(numbers(), ElementsAre(2, 5));
}

TEST_F(ImpatientWriteQueueTest, LockHeldLongerThanTheBusyTimeoutIsStoreUnavailable) {
  auto other = Connection::open_read_write(file_, kBusyTimeout).value();
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
  EXPECT_EQ(code_of(queue_->run(add(1), Deadline::never())), ErrorCode::StoreUnavailable);
  ASSERT_TRUE(other->execute("COMMIT"));
  ASSERT_TRUE(queue_->run(add(2), soon()));
  EXPECT_THAT(numbers(), ElementsAre(2));
}

}  // namespace
}  // namespace tintype::sqlite
