#include "base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace tintype {
namespace {

int open_null() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}
bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(UniqueFd, ClosesAtDestruction) {
  const int fd = open_null();
  {
    const UniqueFd owner(fd);
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(UniqueFd, MoveLeavesNone) {
  UniqueFd first(open_null());
  const int fd = first.get();
  const UniqueFd second(std::move(first));
  EXPECT_EQ(second.get(), fd);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): the state after a move is what is tested
  EXPECT_TRUE(is_open(fd));
}

TEST(UniqueFd, MoveAssignmentClosesTheOldOne) {
  UniqueFd first(open_null());
  UniqueFd second(open_null());
  const int closed = first.get();
  const int kept = second.get();
  first = std::move(second);
  EXPECT_FALSE(is_open(closed));
  EXPECT_TRUE(is_open(kept));
}

TEST(UniqueFd, ReleasedIsNotClosed) {
  UniqueFd owner(open_null());
  const int fd = owner.release();
  EXPECT_FALSE(owner);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

}  // namespace
}  // namespace tintype
