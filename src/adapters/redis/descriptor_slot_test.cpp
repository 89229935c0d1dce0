#include "adapters/redis/descriptor_slot.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

namespace tintype::redis {
namespace {

struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    near.reset(ends[0]);
    far.reset(ends[1]);
  }
  UniqueFd near;
  UniqueFd far;
};

TEST(DescriptorSlot, WithoutConnectionIsNeverDrained) {
  DescriptorSlot slot;
  EXPECT_FALSE(slot.is_drained());
  const Pair pair;
  slot.set(pair.near.get());
  slot.clear();
  EXPECT_FALSE(slot.is_drained());
}

TEST(DescriptorSlot, IsDrainedUntilSomethingArrivesAndAfterItIsRead) {
  DescriptorSlot slot;
  const Pair pair;
  slot.set(pair.near.get());
  EXPECT_TRUE(slot.is_drained());
  ASSERT_EQ(::send(pair.far.get(), "x", 1, 0), 1);
  EXPECT_FALSE(slot.is_drained());
  char byte = 0;
  ASSERT_EQ(::recv(pair.near.get(), &byte, 1, 0), 1);
  EXPECT_TRUE(slot.is_drained());
}

TEST(DescriptorSlot, EndOfTheConnectionIsNotDrained) {
  DescriptorSlot slot;
  Pair pair;
  slot.set(pair.near.get());
  pair.far.reset();
  EXPECT_FALSE(slot.is_drained());
}

TEST(DescriptorSlot, ConnectionEndsOnceItIsClearedAndClosed) {
  DescriptorSlot slot;
  Pair pair;
  slot.set(pair.near.get());
  slot.clear();
  pair.near.reset();
  char byte = 0;
  EXPECT_EQ(::recv(pair.far.get(), &byte, 1, MSG_DONTWAIT), 0);
}

// Every socket that is ever under the slot has something to read. A look at a number in between two, or at a file of
// somebody else's, would say otherwise.
TEST(DescriptorSlot, LookersSeeOneSocketOrTheOtherWhileItChanges) {
  DescriptorSlot slot;
  std::atomic<bool> stop = false;
  std::atomic<bool> was_drained = false;
  std::thread looker([&] {
    while (!stop) {
      if (slot.is_drained()) was_drained = true;
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const Pair pair;
    ASSERT_EQ(::send(pair.far.get(), "x", 1, 0), 1);
    slot.set(pair.near.get());
    slot.clear();
  }
  stop = true;
  looker.join();
  EXPECT_FALSE(was_drained);
}

}  // namespace
}  // namespace tintype::redis
