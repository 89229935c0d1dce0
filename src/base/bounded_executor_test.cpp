#include "base/bounded_executor.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <memory>

namespace tintype {
namespace {

// Tasks that hold their thread until they are let go.
class Gate {
 public:
  std::function<void()> task() {
    return [this] {
      entered_.count_down();
      open_.wait();
    };
  }
  explicit Gate(std::ptrdiff_t tasks) : entered_(tasks) {}
  void wait_until_entered() { entered_.wait(); }
  void open() { open_.count_down(); }

 private:
  std::latch entered_;
  std::latch open_{1};
};

TEST(BoundedExecutor, RunsWhatItIsGiven) {
  std::latch done(10);
  BoundedExecutor executor("test", 2, 10);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(executor.try_run([&] { done.count_down(); }));
  done.wait();
}

TEST(BoundedExecutor, StartsAThreadWhenAllAreBusy) {
  Gate gate(3);  // opens for three at a time only
  BoundedExecutor executor("test", 3, 0);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(executor.try_run(gate.task()));
  gate.wait_until_entered();
  gate.open();
}

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST(BoundedExecutor, StartsNoThreadThatIsNotNeeded) {
  const std::size_t before = threads_of_this_process();
  BoundedExecutor executor("test", 64, 0);
  for (int i = 0; i < 10; ++i) {
    std::latch done(1);
    ASSERT_TRUE(executor.try_run([&] { done.count_down(); }));
    done.wait();
    while (executor.size() > 0) std::this_thread::yield();
  }
  EXPECT_EQ(threads_of_this_process(), before + 1);
}

TEST(BoundedExecutor, RefusesAtOnceWhenFull) {
  Gate gate(2);
  BoundedExecutor executor("test", 2, 3);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(executor.try_run(gate.task()));
  gate.wait_until_entered();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(executor.try_run([] {}));
  EXPECT_FALSE(executor.try_run([] {}));
  EXPECT_EQ(executor.size(), 5u);
  gate.open();
}

TEST(BoundedExecutor, RefusedTaskIsStillTheCallers) {
  Gate gate(1);
  BoundedExecutor executor("test", 1, 0);
  ASSERT_TRUE(executor.try_run(gate.task()));
  bool ran = false;
  std::function<void()> task = [&] { ran = true; };
  EXPECT_FALSE(executor.try_run(task));
  ASSERT_TRUE(task);
  task();
  EXPECT_TRUE(ran);
  gate.open();
}

TEST(BoundedExecutor, TakesTasksAgainOnceThereIsRoom) {
  std::latch done(1);
  Gate gate(1);
  BoundedExecutor executor("test", 1, 0);
  ASSERT_TRUE(executor.try_run(gate.task()));
  ASSERT_FALSE(executor.try_run([] {}));
  gate.open();
  std::function<void()> task = [&] { done.count_down(); };
  while (!executor.try_run(task)) std::this_thread::yield();
  done.wait();
}

TEST(BoundedExecutor, DestructionRunsWhatIsQueued) {
  std::atomic<int> ran = 0;
  Gate gate(1);
  {
    BoundedExecutor executor("test", 1, 20);
    ASSERT_TRUE(executor.try_run(gate.task()));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(executor.try_run([&] { ++ran; }));
    gate.open();
  }
  EXPECT_EQ(ran, 20);
}

TEST(BoundedExecutor, TaskGivenDuringDestructionIsRefused) {
  std::atomic<int> accepted = 0;
  {
    std::function<void()> again;  // gives itself again, so it would run for ever if it were not refused in the end
    BoundedExecutor executor("test", 1, 1);
    again = [&] { accepted += executor.try_run(std::function<void()>(again)) ? 1 : 0; };
    ASSERT_TRUE(executor.try_run(std::function<void()>(again)));
    while (accepted == 0) std::this_thread::yield();
  }
  EXPECT_GE(accepted, 1);
}

TEST(BoundedExecutor, NeverRunsMoreThanItsThreadsAtATime) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  {
    BoundedExecutor executor("test", 3, 300);
    for (int i = 0; i < 300; ++i) {
      ASSERT_TRUE(executor.try_run([&] {
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --running;
      }));
    }
  }
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

TEST(BoundedExecutor, ThreadsRunAtTheSameTime) {
  std::latch both(2);
  BoundedExecutor executor("test", 2, 0);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(executor.try_run([&] { both.arrive_and_wait(); }));
  both.wait();
}

TEST(BoundedExecutor, CapturesDieWithTheirTask) {
  Gate gate(1);
  auto captured = std::make_shared<int>(7);
  const std::weak_ptr<int> watched = captured;
  BoundedExecutor executor("test", 1, 2);
  ASSERT_TRUE(executor.try_run([held = std::move(captured)] {}));
  ASSERT_TRUE(executor.try_run(gate.task()));
  gate.wait_until_entered();  // so the first is over
  EXPECT_TRUE(watched.expired());
  gate.open();
}

TEST(BoundedExecutor, CapturesMayUseTheExecutorAsTheyDie) {
  std::latch died(1);
  BoundedExecutor executor("test", 1, 1);
  std::shared_ptr<void> captured(nullptr, [&](void*) {
    EXPECT_EQ(executor.size(), 1u);
    died.count_down();
  });
  ASSERT_TRUE(executor.try_run([held = std::move(captured)] {}));
  died.wait();
}

TEST(BoundedExecutor, ThreadsCarryTheNameCutToFifteen) {
  std::array<char, 16> name{};
  {
    Gate gate(1);  // the name is set by the thread that makes the executor
    BoundedExecutor executor("a-name-that-is-too-long", 1, 1);
    ASSERT_TRUE(executor.try_run([&] {
      gate.task()();
      pthread_getname_np(pthread_self(), name.data(), name.size());
    }));
    gate.open();
  }
  EXPECT_STREQ(name.data(), "a-name-that-is-");
}

}  // namespace
}  // namespace tintype
