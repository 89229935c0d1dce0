#include "base/spool_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "base/text.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

class SpoolFileTest : public testing::Test {
 protected:
  testing_support::TempDirectory directory_;
  SpoolFile spool_ = std::move(SpoolFile::create(directory_.path()).value());
};

TEST_F(SpoolFileTest, MapsWhatWasAppended) {
  ASSERT_TRUE(spool_.append(as_bytes("0123")));
  ASSERT_TRUE(spool_.append(as_bytes("")));
  ASSERT_TRUE(spool_.append(as_bytes("4567")));
  EXPECT_EQ(spool_.size(), 8u);
  EXPECT_EQ(as_text(*spool_.map()), "01234567");
}

TEST_F(SpoolFileTest, EmptyFileMapsToNothing) {
  EXPECT_TRUE(spool_.map()->empty());
}

TEST_F(SpoolFileTest, HasNoName) {
  ASSERT_TRUE(spool_.append(as_bytes("0123")));
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(SpoolFileTest, MappingAgainKeepsTheFirstMapping) {
  ASSERT_TRUE(spool_.append(as_bytes("0123")));
  const auto first = spool_.map();
  EXPECT_EQ(spool_.map()->data(), first->data());
  EXPECT_EQ(as_text(*first), "0123");
}

TEST_F(SpoolFileTest, MappingAfterMoreWasAppendedHasAllOfIt) {
  ASSERT_TRUE(spool_.append(as_bytes("0123")));
  ASSERT_TRUE(spool_.map());
  ASSERT_TRUE(spool_.append(as_bytes("4")));
  EXPECT_EQ(as_text(*spool_.map()), "01234");
}

TEST_F(SpoolFileTest, MoveTakesTheMappingAlong) {
  ASSERT_TRUE(spool_.append(as_bytes("0123")));
  const auto mapped = spool_.map();
  const SpoolFile moved(std::move(spool_));
  EXPECT_EQ(moved.size(), 4u);
  EXPECT_EQ(as_text(*mapped), "0123");
}

TEST_F(SpoolFileTest, MissingDirectoryIsStoreUnavailable) {
  const auto created = SpoolFile::create(directory_.path() / "missing");
  EXPECT_EQ(created.error().code, ErrorCode::StoreUnavailable);
}

TEST_F(SpoolFileTest, WriteThatDoesNotFitIsStoreUnavailable) {
  const pid_t child = ::fork();
  if (child == 0) {  // the limit would hit the other tests
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    const bool limited = ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
    const auto appended = spool_.append(std::vector<std::byte>(2000));
    ::_exit(limited && !appended && appended.error().code == ErrorCode::StoreUnavailable ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace tintype
