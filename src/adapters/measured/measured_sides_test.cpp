// The other two sides of a metadata store, through the wrappers that inject faults and those that measure.
#include <gmock/gmock.h>

#include "adapters/measured/measured_derivation_store.h"
#include "adapters/measured/measured_event_log.h"
#include "tests/support/fault_injecting_derivation_store.h"
#include "tests/support/fault_injecting_event_log.h"
#include "tests/support/record_maker.h"

namespace tintype {
namespace {

using testing::_;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing_support::DerivationOperation;
using testing_support::EventLogOperation;
using testing_support::FaultTime;

std::string count_line(const std::string& store, const std::string& operation, const std::string& outcome, int count) {
  return "tintype_store_duration_seconds_count{operation=\"" + operation + "\",outcome=\"" + outcome + "\",store=\"" +
         store + "\"} " + std::to_string(count) + "\n";
}

using MaybeRecord = std::optional<ImageRecord>;

class DerivationStoreMock : public DerivationStore {
 public:
  MOCK_METHOD((Result<MaybeRecord>), finish, (const ImageId&, const Derivative&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<MaybeRecord>), give_up,
              (const ImageId&, std::int64_t, const std::string&, const std::string&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<std::vector<ImageRecord>>), due, (UnixTime, int, Deadline), (override));
  MOCK_METHOD(Result<bool>, postpone, (const ImageRecord&, UnixTime, Deadline), (override));
};

class EventLogMock : public EventLog {
 public:
  MOCK_METHOD((Result<std::vector<ImageEvent>>), events_after, (const UserId&, const std::string&, int, Deadline),
              (override));
  MOCK_METHOD((Result<std::vector<ImageEvent>>), unannounced, (int, Deadline), (override));
  MOCK_METHOD(Result<void>, mark_announced, (std::span<const ImageEvent>, Deadline), (override));
  MOCK_METHOD(Result<int>, forget, (UnixTime, int, Deadline), (override));
};

class MeasuredSidesTest : public testing::Test {
 protected:
  void expect_counted(const std::string& store, const std::vector<const char*>& operations) {
    for (const char* operation : operations) {
      EXPECT_THAT(metrics_.expose(), HasSubstr(count_line(store, operation, "ok", 1)));
      EXPECT_THAT(metrics_.expose(), HasSubstr(count_line(store, operation, "error", 0)));
    }
  }

  const ImageRecord record_ = testing_support::RecordMaker().next_processing();
  const std::vector<ImageEvent> events_ = {upload_event(record_)};
  const UnixTime now_{std::chrono::milliseconds(7)};

  MetricsRegistry metrics_;
  testing::StrictMock<DerivationStoreMock> derivations_mock_;
  testing_support::FaultInjectingDerivationStore faulty_derivations_{derivations_mock_};
  MeasuredDerivationStore derivations_{faulty_derivations_, metrics_};
  testing::StrictMock<EventLogMock> events_mock_;
  testing_support::FaultInjectingEventLog faulty_events_{events_mock_};
  MeasuredEventLog log_{faulty_events_, metrics_};
};

TEST_F(MeasuredSidesTest, EveryOperationOfDerivationsIsForwardedAndCounted) {
  EXPECT_CALL(derivations_mock_, finish(record_.image_id, testing::Field(&Derivative::key, "k"), now_, _))
      .WillOnce([&] { return MaybeRecord(record_); });
  EXPECT_CALL(derivations_mock_, give_up(record_.image_id, 2, Eq("k"), Eq("why"), now_, _)).WillOnce([] {
    return MaybeRecord();
  });
  EXPECT_CALL(derivations_mock_, due(now_, 5, _)).WillOnce([&] { return std::vector{record_}; });
  EXPECT_CALL(derivations_mock_, postpone(_, now_, _)).WillOnce([] { return true; });

  const Derivative made{.version = 1, .key = "k", .sha256 = "", .recipe = ""};
  EXPECT_TRUE(derivations_.finish(record_.image_id, made, now_, Deadline::never()).value());
  EXPECT_FALSE(derivations_.give_up(record_.image_id, 2, "k", "why", now_, Deadline::never()).value());
  EXPECT_EQ(derivations_.due(now_, 5, Deadline::never())->size(), 1U);
  EXPECT_TRUE(derivations_.postpone(record_, now_, Deadline::never()).value());
  expect_counted("derivations", {"finish", "give_up", "due", "postpone"});
}

TEST_F(MeasuredSidesTest, EveryOperationOfTheEventLogIsForwardedAndCounted) {
  EXPECT_CALL(events_mock_, events_after(record_.user_id, Eq("id"), 3, _)).WillOnce([&] { return events_; });
  EXPECT_CALL(events_mock_, unannounced(4, _)).WillOnce([&] { return events_; });
  EXPECT_CALL(events_mock_, mark_announced(ElementsAre(events_[0]), _)).WillOnce([] { return Result<void>(); });
  EXPECT_CALL(events_mock_, forget(now_, 5, _)).WillOnce([] { return 6; });

  EXPECT_EQ(log_.events_after(record_.user_id, "id", 3, Deadline::never()).value(), events_);
  EXPECT_EQ(log_.unannounced(4, Deadline::never()).value(), events_);
  EXPECT_TRUE(log_.mark_announced(events_, Deadline::never()));
  EXPECT_EQ(log_.forget(now_, 5, Deadline::never()).value(), 6);
  expect_counted("events", {"events_after", "unannounced", "mark_announced", "forget"});
}

TEST_F(MeasuredSidesTest, FaultBeforeTheCallIsCountedAsErrorAndTheStoreNeverHears) {
  faulty_derivations_.fail_next(DerivationOperation::Postpone, FaultTime::Before);
  faulty_events_.fail_next(EventLogOperation::MarkAnnounced, FaultTime::Before);
  EXPECT_EQ(derivations_.postpone(record_, now_, Deadline::never()).error().detail, record_.image_id.text());
  EXPECT_EQ(log_.mark_announced(events_, Deadline::never()).error().detail, events_[0].id);
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("derivations", "postpone", "error", 1)));
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("events", "mark_announced", "error", 1)));
}

TEST_F(MeasuredSidesTest, FaultAfterTheCallHidesThatItWasDone) {
  EXPECT_CALL(derivations_mock_, postpone).WillOnce([] { return true; });
  EXPECT_CALL(events_mock_, forget).WillOnce([] { return 1; });
  faulty_derivations_.fail_next(DerivationOperation::Postpone, FaultTime::After);
  faulty_events_.fail_next(EventLogOperation::Forget, FaultTime::After);
  EXPECT_FALSE(derivations_.postpone(record_, now_, Deadline::never()));
  EXPECT_FALSE(log_.forget(now_, 5, Deadline::never()));
  EXPECT_EQ(faulty_derivations_.calls(DerivationOperation::Postpone), 1U);
  EXPECT_EQ(faulty_events_.calls(EventLogOperation::Forget), 1U);
}

}  // namespace
}  // namespace tintype
