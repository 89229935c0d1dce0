#include "service/webhook_dispatcher.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>

#include "model/jobs/job.h"
#include "service/webhook_announcer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_injecting_job_queue.h"
#include "tests/support/memory_job_queue.h"
#include "tests/support/process_tree.h"
#include "tests/support/record_maker.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class NamesOnly final : public EventRenderer {
 public:
  std::string webhook(const ImageEvent& event) const override {
    return R"({"type":"image.)" + std::string(event_name(event.type)) + "\"}";
  }
};

// The side of an event log that a dispatcher sees.
class UnannouncedEvents final : public EventLog {
 public:
  void add(ImageEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  std::size_t left() {
    const std::lock_guard lock(mutex_);
    return events_.size();
  }

  Result<std::vector<ImageEvent>> unannounced(int limit, Deadline) override {
    if (throws) throw std::runtime_error("oops");
    if (fails) return fail(ErrorCode::StoreUnavailable, "gone");
    const std::lock_guard lock(mutex_);
    const auto count = std::min(events_.size(), static_cast<std::size_t>(limit));
    return std::vector<ImageEvent>(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  Result<void> mark_announced(std::span<const ImageEvent> events, Deadline) override {
    if (marks_fail) return fail(ErrorCode::StoreUnavailable, "gone");
    if (lags) return {};
    const std::lock_guard lock(mutex_);
    for (const ImageEvent& event : events) std::erase(events_, event);
    return {};
  }
  Result<std::vector<ImageEvent>> events_after(const UserId&, const std::string&, int, Deadline) override { return {}; }
  Result<int> forget(UnixTime, int, Deadline) override { return 0; }

  std::atomic<bool> fails = false;
  std::atomic<bool> throws = false;
  std::atomic<bool> marks_fail = false;
  std::atomic<bool> lags = false;  // its list shows marks later

 private:
  std::mutex mutex_;
  std::vector<ImageEvent> events_;  // guarded by mutex_
};

class WebhookDispatcherTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(10s); }
  ImageEvent add_event() {
    events_.add(upload_event(records_.next()));
    return events_.unannounced(1000, soon())->back();
  }
  std::vector<ReceivedJob> jobs() { return *memory_queue_.receive(1000, 1min, 0ms, soon()); }

  FakeClock clock_;
  Logger log_{LogLevel::Error, -1};
  RecordMaker records_;
  UnannouncedEvents events_;
  MemoryJobQueue memory_queue_{clock_};
  FaultInjectingJobQueue queue_{memory_queue_};
  NamesOnly renderer_;
  WebhookDispatcher dispatcher_{events_, queue_, renderer_};
};

TEST_F(WebhookDispatcherTest, EventBecomesAJobAndIsMarked) {
  const ImageEvent event = add_event();
  EXPECT_FALSE(*dispatcher_.run(soon()));
  EXPECT_EQ(events_.left(), 0u);
  const auto made = jobs();
  ASSERT_EQ(made.size(), 1u);
  const auto job = parse_webhook_job(made[0].job.body);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->event_id, event.id);
  EXPECT_EQ(job->timestamp, event.at.time_since_epoch().count() / 1000);
  EXPECT_EQ(job->payload, R"({"type":"image.completed"})");
}

TEST_F(WebhookDispatcherTest, ManyEventsTakeSeveralPasses) {
  for (int i = 0; i < 150; ++i) add_event();
  EXPECT_TRUE(*dispatcher_.run(soon()));
  EXPECT_FALSE(*dispatcher_.run(soon()));
  EXPECT_EQ(jobs().size(), 150u);
}

TEST_F(WebhookDispatcherTest, EventStaysUntilItsJobIsInTheQueue) {
  add_event();
  queue_.fail_next(QueueOperation::Push, FaultTime::Before);
  EXPECT_FALSE(dispatcher_.run(soon()));
  EXPECT_EQ(events_.left(), 1u);
  EXPECT_TRUE(dispatcher_.run(soon()));
  EXPECT_EQ(jobs().size(), 1u);
}

TEST_F(WebhookDispatcherTest, JobOfAnEventThatWasNotMarkedIsMadeAgainWithTheSameIds) {
  add_event();
  events_.marks_fail = true;
  EXPECT_FALSE(dispatcher_.run(soon()));
  const auto first = jobs();
  ASSERT_TRUE(memory_queue_.finish(first, soon()));
  events_.marks_fail = false;
  WebhookDispatcher after_restart(events_, queue_, renderer_);
  EXPECT_TRUE(after_restart.run(soon()));
  const auto second = jobs();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].job, first.at(0).job);
  EXPECT_EQ(events_.left(), 0u);
}

TEST_F(WebhookDispatcherTest, EventThatAStoreListsForAMomentLongerIsNotAnnouncedTwice) {
  events_.lags = true;
  for (int i = 0; i < 100; ++i) add_event();
  EXPECT_TRUE(*dispatcher_.run(soon()));
  ASSERT_TRUE(memory_queue_.finish(jobs(), soon()));
  EXPECT_FALSE(*dispatcher_.run(soon()));
  EXPECT_TRUE(jobs().empty());
}

TEST_F(WebhookDispatcherTest, EventLogThatFailsIsAnError) {
  events_.fails = true;
  EXPECT_FALSE(dispatcher_.run(soon()));
}

TEST_F(WebhookDispatcherTest, AnnouncerFindsNewEventsByItselfAndAtOnceWhenWoken) {
  add_event();
  WebhookAnnouncer announcer(dispatcher_, log_);
  EXPECT_TRUE(eventually([&] { return events_.left() == 0; }));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) {
    add_event();
    announcer.wake();
    ASSERT_TRUE(eventually([&] { return events_.left() == 0; }));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);  // and not ten of its pauses
}

TEST_F(WebhookDispatcherTest, AnnouncerOutlivesFailuresAndExceptions) {
  events_.fails = true;
  WebhookAnnouncer announcer(dispatcher_, log_);
  announcer.wake();
  events_.throws = true;
  announcer.wake();
  events_.add(upload_event(records_.next()));
  events_.fails = false;
  events_.throws = false;
  EXPECT_TRUE(eventually([&] { return events_.left() == 0; }));
}

}  // namespace
}  // namespace tintype
