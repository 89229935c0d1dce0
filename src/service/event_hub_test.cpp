#include "service/event_hub.h"

#include <gmock/gmock.h>

#include <semaphore>

#include "adapters/event_bus_local/local_event_bus.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_event_log.h"
#include "tests/support/process_tree.h"
#include "tests/support/record_maker.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using Type = ImageEventType;

class EventHubTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(10s); }

  // A hub that looks only when it is told to, unless a test wants otherwise.
  EventHub& hub(EventHub::Options options = {.poll = 1h}) {
    if (!hub_) hub_.emplace(log_, bus_, clock_, options, logger_);
    return *hub_;
  }
  std::unique_ptr<EventSubscription> subscribe(EventInterest interest) {
    auto made = hub().subscribe(interest, soon());
    EXPECT_TRUE(made) << (made ? "" : to_string(made.error()));
    return made ? std::move(*made) : nullptr;
  }
  // Of the next millisecond, unless `at` says otherwise.
  ImageEvent add(const ImageRecord& record, Type type, std::optional<UnixTime> at = {}) {
    clock_.advance(1ms);
    const ImageEvent event = event_of(record, type, at.value_or(clock_.now()));
    log_.add(event);
    return event;
  }
  ImageEvent tell(const ImageRecord& record, Type type, std::optional<UnixTime> at = {}) {
    const ImageEvent event = add(record, type, at);
    bus_.publish(event.user, event.image_id);
    return event;
  }
  // The next `count` events.
  static std::vector<ImageEvent> next(EventSubscription& from, std::size_t count) {
    std::vector<ImageEvent> all;
    EXPECT_TRUE(eventually([&] {
      auto taken = from.take();
      all.insert(all.end(), taken.events.begin(), taken.events.end());
      return all.size() >= count || taken.ended;
    }));
    return all;
  }
  static bool ends(EventSubscription& subscription) {
    return eventually([&] { return subscription.take().ended; });
  }

  MemoryEventLog log_;
  LocalEventBus bus_;
  FakeClock clock_;
  Logger logger_{LogLevel::Error, -1};
  RecordMaker ann_{"ann"};
  RecordMaker bob_{"bob"};
  std::optional<EventHub> hub_;
};

TEST_F(EventHubTest, SubscriberIsToldWhatHappensFromNowOn) {
  const auto record = ann_.next();
  add(record, Type::Processing);
  const auto subscription = subscribe({ann_.owner()});
  const auto completed = tell(record, Type::Completed);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(completed));
  const auto deleted = tell(record, Type::Deleted);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(deleted));
}

TEST_F(EventHubTest, OnlyTheirOwnUserAndImageAreTold) {
  const auto record = ann_.next();
  const auto all = subscribe({ann_.owner()});
  const auto one = subscribe({ann_.owner(), record.image_id});
  const auto others = subscribe({bob_.owner()});
  tell(bob_.next(), Type::Completed);
  const auto other = tell(ann_.next(), Type::Completed);
  const auto wanted = tell(record, Type::Completed);
  EXPECT_THAT(next(*all, 2), ElementsAre(other, wanted));
  EXPECT_THAT(next(*one, 1), ElementsAre(wanted));
  EXPECT_EQ(next(*others, 1).size(), 1U);
}

TEST_F(EventHubTest, EventThatBecomesVisibleLateIsToldOnce) {
  const auto subscription = subscribe({ann_.owner()});
  const auto first = tell(ann_.next(), Type::Completed);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(first));
  const auto late = tell(ann_.next(), Type::Completed, first.at - kEventDisorder + 2ms);
  ASSERT_LT(late.id, first.id);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(late));
  const auto last = tell(ann_.next(), Type::Completed);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(last)) << "and nothing twice";
}

TEST_F(EventHubTest, LogIsLookedAtWithoutHints) {
  hub({.poll = 5ms});
  const auto subscription = subscribe({ann_.owner()});
  const auto event = add(ann_.next(), Type::Completed);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(event));
}

TEST_F(EventHubTest, LogThatFailsIsAskedAgain) {
  hub({.poll = 5ms});
  const auto subscription = subscribe({ann_.owner()});
  log_.set_failing(true);
  const auto event = add(ann_.next(), Type::Completed);
  const int before = log_.reads(ann_.owner());
  ASSERT_TRUE(eventually([&] { return log_.reads(ann_.owner()) > before + 2; }));
  EXPECT_THAT(subscription->take().events, IsEmpty());
  EXPECT_FALSE(subscription->take().ended);
  EXPECT_FALSE(hub().subscribe({ann_.owner()}, soon()));
  log_.set_failing(false);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(event));
}

TEST_F(EventHubTest, UserWhomNobodyWatchesCostsNothing) {
  hub({.poll = 1ms});
  const auto watched = subscribe({bob_.owner()});
  const auto pass = [&] {
    const int before = log_.reads(bob_.owner());
    return eventually([&] { return log_.reads(bob_.owner()) > before + 3; });
  };
  bus_.publish(ann_.owner(), ann_.next_id());
  ASSERT_TRUE(pass());
  EXPECT_EQ(log_.reads(ann_.owner()), 0);
  {
    const auto gone = subscribe({ann_.owner()});
  }
  ASSERT_TRUE(pass()) << "looks that had begun have ended";
  const int after = log_.reads(ann_.owner());
  bus_.publish(ann_.owner(), ann_.next_id());
  ASSERT_TRUE(pass());
  EXPECT_EQ(log_.reads(ann_.owner()), after);
}

TEST_F(EventHubTest, ResumedSubscriberGetsWhatItMissedAndWhatFollows) {
  const auto before = add(ann_.next(), Type::Completed);
  const auto last_seen = add(ann_.next(), Type::Completed, before.at + 10s);
  const auto missed = add(ann_.next(), Type::Completed, before.at + 11s);
  const auto disordered = add(ann_.next(), Type::Completed, before.at + 8s);
  clock_.advance(1min);
  const auto subscription = subscribe({ann_.owner(), {}, last_seen.id});
  EXPECT_THAT(next(*subscription, 2), ElementsAre(disordered, missed));
  const auto later = tell(ann_.next(), Type::Completed);
  EXPECT_THAT(next(*subscription, 1), ElementsAre(later));
}

TEST_F(EventHubTest, ResumedSubscriberOfAWatchedUserIsToldNothingTwice) {
  const auto first = subscribe({ann_.owner()});
  const auto seen = tell(ann_.next(), Type::Completed);
  next(*first, 1);
  const auto unseen = add(ann_.next(), Type::Completed);  // no hint: the feed has not found it yet
  const auto resumed = subscribe({ann_.owner(), {}, seen.id});
  const auto later = tell(ann_.next(), Type::Completed);
  EXPECT_THAT(next(*resumed, 2), ElementsAre(unseen, later));
  EXPECT_THAT(next(*first, 2), ElementsAre(unseen, later));
}

TEST_F(EventHubTest, MoreThanCanBeToldAtATimeIsCutAndGoesOnNextTime) {
  hub({.poll = 1h, .missed = 300});
  std::vector<ImageEvent> events;
  for (int i = 0; i < 500; ++i) events.push_back(add(ann_.next(), Type::Completed, clock_.now() + 100ms * i));
  clock_.advance(1h);
  std::string last = events.front().id;
  std::set<std::string> seen = {last};
  for (int i = 0; i < 2; ++i) {
    const auto subscription = subscribe({ann_.owner(), {}, last});
    EXPECT_EQ(subscription->is_cut(), i == 0);
    for (const auto& event : subscription->take().events) seen.insert(last = event.id);
    EXPECT_EQ(subscription->take().ended, i == 0);
  }
  EXPECT_EQ(seen.size(), events.size());
}

TEST_F(EventHubTest, SubscriberThatDoesNotKeepUpIsDroppedAndOthersStay) {
  hub({.poll = 1h, .queue = 10});
  const auto slow = subscribe({ann_.owner()});
  const auto quick = subscribe({ann_.owner()});
  for (int i = 0; i < 20; ++i) {
    const auto event = tell(ann_.next(), Type::Completed);
    EXPECT_THAT(next(*quick, 1), ElementsAre(event));
  }
  const auto taken = slow->take();
  EXPECT_TRUE(taken.ended);
  EXPECT_THAT(taken.events, IsEmpty());
  EXPECT_EQ(hub().counts().dropped, 1U);
  EXPECT_EQ(hub().counts().sent, 20U);
}

TEST_F(EventHubTest, ImageStreamEndsAfterDeleted) {
  const auto record = ann_.next();
  const auto subscription = subscribe({ann_.owner(), record.image_id});
  tell(record, Type::Completed);
  tell(record, Type::Deleted);
  EXPECT_EQ(next(*subscription, 2).back().type, Type::Deleted);
  EXPECT_TRUE(ends(*subscription));
}

TEST_F(EventHubTest, ListenerIsCalledWhenThereIsSomething) {
  const auto subscription = subscribe({ann_.owner()});
  std::binary_semaphore called{0};
  subscription->on_ready([&] { called.release(); });
  EXPECT_FALSE(called.try_acquire());
  tell(ann_.next(), Type::Completed);
  EXPECT_TRUE(called.try_acquire_for(20s));
  EXPECT_EQ(subscription->take().events.size(), 1U);
  hub_.reset();
  EXPECT_TRUE(called.try_acquire_for(20s)) << "and for the end";
}

TEST_F(EventHubTest, SubscribersAreBoundedInAllAndPerUser) {
  hub({.poll = 1h, .subscribers = 3, .subscribers_per_user = 2});
  auto one = subscribe({ann_.owner()});
  const auto two = subscribe({ann_.owner()});
  const auto third = hub().subscribe({ann_.owner()}, soon());
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::Overloaded);
  const auto other = subscribe({bob_.owner()});
  EXPECT_EQ(hub().subscribe({bob_.owner()}, soon()).error().code, ErrorCode::Overloaded);
  one.reset();
  EXPECT_TRUE(hub().subscribe({bob_.owner()}, soon()));
}

TEST_F(EventHubTest, HubThatGoesFirstEndsItsSubscribers) {
  const auto subscription = subscribe({ann_.owner()});
  hub_.reset();
  EXPECT_TRUE(ends(*subscription));
}

// Whoever subscribes while others do, and while events come, is told all that come after, and none twice.
TEST_F(EventHubTest, NothingIsLostBetweenSubscribersThatComeAndGo) {
  constexpr int kEvents = 400;
  hub({.poll = 1ms, .queue = 2 * kEvents});
  std::atomic<int> added = 0;
  std::thread writer([&] {
    for (; added < kEvents; ++added) tell(ann_.next(), Type::Completed);
  });
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      do {
        const auto subscription = subscribe({ann_.owner()});
        const int before = added + 1;  // one may be visible and not yet counted
        std::set<std::string> ids;
        const bool all = eventually([&] {
          for (const auto& event : subscription->take().events) wrong += ids.insert(event.id).second ? 0 : 1;
          return static_cast<int>(ids.size()) >= std::min(20, kEvents - before);
        });
        wrong += all ? 0 : 1;
      } while (added < kEvents);
    });
  }
  writer.join();
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(hub().counts().streams, 0);
}

}  // namespace
}  // namespace tintype
