#include "base/connection_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace tintype {
namespace {

struct Connection {
  explicit Connection(std::atomic<int>& open) : open_(open) { ++open_; }
  ~Connection() { --open_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  std::atomic<int>& open_;
};

class ConnectionPoolTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Connection>> open() {
    ++attempts_;
    if (refusing_) return fail(ErrorCode::StoreUnavailable, "refused");
    return std::make_unique<Connection>(open_);
  }
  static Deadline now() { return Deadline::after(std::chrono::seconds(0)); }
  static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }

  std::atomic<int> attempts_ = 0;
  std::atomic<int> open_ = 0;
  std::atomic<bool> refusing_ = false;
  ConnectionPool<Connection> pool_{2, [this] { return open(); }};
};

TEST_F(ConnectionPoolTest, OpensNothingUntilWanted) {
  EXPECT_EQ(attempts_, 0);
}

TEST_F(ConnectionPoolTest, ReturnedConnectionIsReused) {
  const Connection* first = &**pool_.borrow(soon());
  const auto again = pool_.borrow(soon());
  EXPECT_EQ(&**again, first);
  EXPECT_EQ(attempts_, 1);
}

TEST_F(ConnectionPoolTest, BorrowersGetConnectionsOfTheirOwn) {
  const auto first = pool_.borrow(soon());
  const auto second = pool_.borrow(soon());
  EXPECT_NE(&**first, &**second);
}

TEST_F(ConnectionPoolTest, AllLentOutIsOverloadedAtTheDeadline) {
  const auto first = pool_.borrow(soon());
  const auto second = pool_.borrow(soon());
  EXPECT_EQ(pool_.borrow(now()).error().code, ErrorCode::Overloaded);
  EXPECT_EQ(attempts_, 2);
}

TEST_F(ConnectionPoolTest, PassedDeadlineStillGetsAFreeConnection) {
  EXPECT_TRUE(pool_.borrow(now()));
}

TEST_F(ConnectionPoolTest, WaiterGetsTheConnectionThatIsReturned) {
  auto first = std::make_unique<Result<ConnectionPool<Connection>::Lease>>(pool_.borrow(soon()));
  const auto second = pool_.borrow(soon());
  const Connection* expected = &***first;
  std::jthread waiter([&] {
    const auto third = pool_.borrow(Deadline::never());
    EXPECT_EQ(&**third, expected);
  });
  first.reset();
}

TEST_F(ConnectionPoolTest, DiscardedConnectionIsClosedAndMakesRoom) {
  auto first = pool_.borrow(soon());
  const auto second = pool_.borrow(soon());
  first->discard();
  EXPECT_EQ(open_, 1);
  EXPECT_TRUE(pool_.borrow(now()));
  EXPECT_EQ(attempts_, 3);
}

TEST_F(ConnectionPoolTest, FailedOpenIsReportedAndDoesNotUseUpCapacity) {
  refusing_ = true;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(pool_.borrow(now()).error().code, ErrorCode::StoreUnavailable);
  refusing_ = false;
  const auto first = pool_.borrow(now());
  const auto second = pool_.borrow(now());
  EXPECT_TRUE(first && second);
}

TEST_F(ConnectionPoolTest, MovedLeaseReturnsTheConnectionOnce) {
  {
    auto first = pool_.borrow(soon());
    const auto moved = std::move(*first);
  }
  const auto again = pool_.borrow(soon());
  EXPECT_EQ(attempts_, 1);
  EXPECT_TRUE(pool_.borrow(now()));
}

TEST_F(ConnectionPoolTest, NeverLendsMoreThanItsCapacity) {
  {
    std::vector<std::jthread> borrowers;
    for (int i = 0; i < 4; ++i) {
      borrowers.emplace_back([this, i] {
        for (int round = 0; round < 200; ++round) {
          auto lease = pool_.borrow(Deadline::never());
          EXPECT_LE(open_, 2);
          if ((i + round) % 7 == 0) lease->discard();
        }
      });
    }
  }
  EXPECT_LE(open_, 2);
}

TEST(ConnectionPool, DestructionClosesIdleConnections) {
  std::atomic<int> open = 0;
  {
    ConnectionPool<Connection> pool(
        2, [&]() -> Result<std::unique_ptr<Connection>> { return std::make_unique<Connection>(open); });
    EXPECT_TRUE(pool.borrow(Deadline::never()));
    EXPECT_EQ(open, 1);
  }
  EXPECT_EQ(open, 0);
}

}  // namespace
}  // namespace tintype
