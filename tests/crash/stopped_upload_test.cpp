// An upload that stands still at each step for longer than its lease, and goes on when somebody else has its claim.
#include <gmock/gmock.h>

#include <csignal>

#include "tests/crash/crash_points.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class StoppedUpload : public CrashFixture, public testing::WithParamInterface<const char*> {
 protected:
  // So long that it has not begun to renew it when it is stopped: in the middle of that it would hold SQLite's lock.
  static constexpr auto kSlowLease = 3s;

  StoppedUpload() : slow_(start_crashing(std::string(GetParam()) + ":stop", kSlowLease)) {
    answer_ = std::async(std::launch::async, [this] { return upload(client(slow_)); });
    EXPECT_TRUE(eventually([this] { return status_field(slow_.process().pid(), "State").starts_with('T'); }))
        << "the point was not passed";
  }
  HttpAnswer wake() {
    slow_.process().signal(SIGCONT);
    const HttpAnswer answer = answer_.get();
    EXPECT_EQ(slow_.stop(), 0);
    return answer;
  }
  // It was stored before the other could take it, or it must not have happened.
  static void expect_in_step_with(const std::string& id, const HttpAnswer& woken) {
    if (woken.status == 409) {
      EXPECT_EQ(error_code(woken), "UPLOAD_IN_PROGRESS");
    } else {
      EXPECT_TRUE(woken.status == 200 || woken.status == 201) << woken.status << woken.body;
      EXPECT_EQ(json_text(woken.body, "imageId"), id);
    }
  }

  ServerProcess slow_;
  std::future<HttpAnswer> answer_;
};

TEST_P(StoppedUpload, RetryElsewhereWinsAndTheSlowOneChangesNothing) {
  std::string id;
  {
    ServerProcess other = start();
    id = id_of_all({upload_until_answered(client(other))});
    EXPECT_EQ(other.stop(), 0);
  }
  expect_in_step_with(id, wake());
  expect_sound({id});
}

TEST_P(StoppedUpload, SweptMeanwhileItLeavesNothingAndCanBeSentAgain) {
  const ProgramRun swept = sweep();
  EXPECT_EQ(swept.code, 0) << swept.error;
  const HttpAnswer woken = wake();
  EXPECT_TRUE(woken.status == 201 || woken.status == 409) << woken.status << woken.body;
  std::string id;
  {
    ServerProcess other = start();
    id = id_of_all({upload_until_answered(client(other))});
    EXPECT_EQ(other.stop(), 0);
  }
  if (woken.status == 201) EXPECT_EQ(json_text(woken.body, "imageId"), id);
  expect_sound({id});
}

// Not while a transaction is open: that would only show that SQLite has one writer.
INSTANTIATE_TEST_SUITE_P(Stores, StoppedUpload, testing::ValuesIn(stop_points()), point_name);

}  // namespace
}  // namespace tintype
