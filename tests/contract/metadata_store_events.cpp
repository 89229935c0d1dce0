// What every MetadataStore must do as an EventLog, sentence by sentence of ports/event_log.h
// (metadata_store_contract.cpp). Which steps of a derivation make an event is in metadata_store_derivations.cpp.
#include <gmock/gmock.h>

#include "base/ulid.h"
#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class MetadataStoreEvents : public MetadataStoreContract {
 protected:
  std::vector<ImageEvent> after(const std::string& id, int limit = 100) {
    return events().events_after(maker_.owner(), id, limit, soon()).value();
  }
  std::vector<ImageEvent> unannounced(int limit = 100) { return events().unannounced(limit, soon()).value(); }
  // The event of an image that was uploaded so long after now_.
  ImageEvent uploaded(std::chrono::milliseconds later, RecordMaker& maker) {
    ImageRecord record = maker.next();
    record.uploaded_at = now_ + later;
    return upload_event(inserted(record));
  }
  ImageEvent uploaded(std::chrono::milliseconds later) { return uploaded(later, maker_); }
};

TEST_P(MetadataStoreEvents, CompletedUploadIsInTheLogAsWhatItIs) {
  const ImageRecord completed = inserted(maker_.next());
  EXPECT_THAT(events_of(completed), ElementsAre(upload_event(completed)));
  EXPECT_EQ(upload_event(completed).type, ImageEventType::Completed);
  const ImageRecord processing = inserted(maker_.next_processing());
  EXPECT_THAT(events_of(processing), ElementsAre(upload_event(processing)));
  EXPECT_EQ(upload_event(processing).type, ImageEventType::Processing);
}

TEST_P(MetadataStoreEvents, UploadThatIsReplayedOrTooLateMakesNoEvent) {
  const ImageRecord record = maker_.next();
  const UploadClaim claim = claim_for(record);
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  UploadClaim lost = claim;
  lost.holder = "another attempt";
  EXPECT_EQ(code_of(store().complete(lost, record, now_ + 24h, soon())), ErrorCode::ClaimLost);
  EXPECT_THAT(after(""), IsEmpty());
  ASSERT_TRUE(store().complete(claim, record, now_ + 24h, soon()));
  ASSERT_TRUE(store().claim(claim, now_, soon())) << "the record";
  EXPECT_EQ(code_of(store().complete(claim, record, now_ + 24h, soon())), ErrorCode::ClaimLost);
  EXPECT_THAT(after(""), ElementsAre(upload_event(record)));
}

TEST_P(MetadataStoreEvents, BegunDeletionIsInTheLogOnce) {
  const ImageRecord record = inserted(maker_.next());
  const Deletion deletion = store().begin_deletion(record.image_id, now_, soon()).value();
  EXPECT_FALSE(store().begin_deletion(record.image_id, now_ + 1s, soon()));
  const std::vector<ImageEvent> both = {upload_event(record), event_of(record, ImageEventType::Deleted, now_)};
  EXPECT_EQ(events_of(record), both);
  ASSERT_TRUE(store().finish_deletion(deletion, soon()));
  EXPECT_EQ(events_of(record), both) << "events outlive their image";
}

TEST_P(MetadataStoreEvents, ImportsChangesOfTextAndEndsOfClaimsMakeNoEvent) {
  ImageRecord record = maker_.next();
  ASSERT_TRUE(store().import_record(record, soon()).value());
  ++record.version;
  ASSERT_TRUE(store().import_record(record, soon()).value());
  ASSERT_TRUE(store().import_record(maker_.next_processing(), soon()).value());
  ASSERT_TRUE(store().update_text(record.image_id, {.title = "new"}, {}, now_, soon()));
  const UploadClaim claim = claim_for(maker_.next());
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  ASSERT_TRUE(store().expire(claim, now_, soon()));
  EXPECT_THAT(after(""), IsEmpty());
  EXPECT_THAT(unannounced(), IsEmpty());
}

TEST_P(MetadataStoreEvents, EventsAfterAreInOrderUpToTheLimitAndOfTheUserOnly) {
  RecordMaker other("ann1");  // "ann" is the beginning of this name
  const ImageEvent of_other = uploaded(0ms, other);
  const ImageEvent third = uploaded(3ms);
  const ImageEvent first = uploaded(1ms);
  const ImageEvent second = uploaded(2ms);
  EXPECT_THAT(after(""), ElementsAre(first, second, third));
  EXPECT_THAT(after("", 2), ElementsAre(first, second));
  EXPECT_THAT(after("", 0), IsEmpty());
  EXPECT_THAT(after(first.id), ElementsAre(second, third));
  EXPECT_THAT(after(third.id), IsEmpty());
  EXPECT_THAT(events().events_after(other.owner(), "", 10, soon()).value(), ElementsAre(of_other));
  EXPECT_THAT(events().events_after(user("nobody"), "", 10, soon()).value(), IsEmpty());
}

TEST_P(MetadataStoreEvents, AfterMayBeAnyTextThatSortsLikeAnId) {
  const ImageEvent first = uploaded(1ms);
  const ImageEvent second = uploaded(2ms);
  const auto time_of = [](const ImageEvent& event) {
    return static_cast<std::uint64_t>(event.at.time_since_epoch().count());
  };
  EXPECT_THAT(after(first_ulid_of(time_of(first))), ElementsAre(first, second));
  EXPECT_THAT(after(first_ulid_of(time_of(second))), ElementsAre(second));
  EXPECT_THAT(after("0"), ElementsAre(first, second));
  EXPECT_THAT(after("Z"), IsEmpty());
  EXPECT_THAT(after(first.id + "0"), ElementsAre(second));
  EXPECT_THAT(after(first.id.substr(0, 25)), ElementsAre(first, second));
}

TEST_P(MetadataStoreEvents, UnannouncedAreTheEventsOfAllUsersUntilTheyAreAnnounced) {
  RecordMaker other("bob");
  const ImageEvent first = uploaded(1ms);
  const ImageEvent second = uploaded(2ms, other);
  const ImageEvent third = uploaded(3ms);
  EXPECT_THAT(unannounced(), UnorderedElementsAre(first, second, third));
  EXPECT_EQ(unannounced(2).size(), 2U);
  EXPECT_THAT(unannounced(0), IsEmpty());
  ASSERT_TRUE(events().mark_announced(std::vector{first, second}, soon()));
  EXPECT_THAT(unannounced(), ElementsAre(third));
  EXPECT_THAT(unannounced(1), ElementsAre(third));
  ASSERT_TRUE(events().mark_announced(std::vector{first, third}, soon())) << "again";
  ASSERT_TRUE(events().mark_announced({}, soon()));
  EXPECT_THAT(unannounced(), IsEmpty());
  EXPECT_THAT(after(""), ElementsAre(first, third)) << "they stay in the log";
}

TEST_P(MetadataStoreEvents, EventOfEachKindIsToBeAnnounced) {
  const ImageRecord record = inserted(maker_.next_processing());
  ASSERT_TRUE(derivations().give_up(record.image_id, 1, "images/ann/x.webp", "no", now_, soon()).value());
  ASSERT_TRUE(derivations()
                  .finish(record.image_id, {.version = 2, .key = "k", .sha256 = "", .recipe = ""}, now_, soon())
                  .value());
  ASSERT_TRUE(store().begin_deletion(record.image_id, now_, soon()));
  EXPECT_EQ(unannounced().size(), 4U);
  EXPECT_THAT(unannounced(), testing::UnorderedElementsAreArray(events_of(record)));
}

TEST_P(MetadataStoreEvents, MarkingAnEventThatIsGoneIsNoErrorAndDoesNotBringItBack) {
  const ImageEvent gone = upload_event(maker_.next());
  EXPECT_TRUE(events().mark_announced(std::vector{gone}, soon()));
  EXPECT_THAT(after(""), IsEmpty());
  EXPECT_THAT(unannounced(), IsEmpty());
  EXPECT_EQ(events().forget(UnixTime::max(), 10, soon()).value(), 0);
}

TEST_P(MetadataStoreEvents, NothingIsUnannouncedInAStoreThatAnnouncesNothing) {
  const auto silent = GetParam().make_silent();
  const ImageRecord record = maker_.next();
  ASSERT_TRUE(add_record(silent->store(), record, soon()));
  EXPECT_THAT(silent->events().unannounced(10, soon()).value(), IsEmpty());
  EXPECT_THAT(silent->events().events_after(record.user_id, "", 10, soon()).value(), ElementsAre(upload_event(record)));
  EXPECT_TRUE(silent->events().mark_announced(std::vector{upload_event(record)}, soon()));
  EXPECT_EQ(silent->events().forget(UnixTime::max(), 10, soon()).value(), 1);
  EXPECT_THAT(silent->events().events_after(record.user_id, "", 10, soon()).value(), IsEmpty());
}

TEST_P(MetadataStoreEvents, ForgottenAreUpToTheLimitOfEventsThatAreOlder) {
  std::vector<ImageEvent> all;
  for (const auto later : {1ms, 2ms, 3ms, 4ms}) all.push_back(uploaded(later));
  ASSERT_TRUE(events().mark_announced(std::vector{all[0], all[1]}, soon()));
  EXPECT_EQ(events().forget(now_ + 1ms, 10, soon()).value(), 0) << "not older";
  EXPECT_EQ(events().forget(now_ + 4ms, 0, soon()).value(), 0);
  EXPECT_EQ(after(""), all);
  EXPECT_EQ(events().forget(now_ + 4ms, 2, soon()).value(), 2);
  EXPECT_EQ(after("").size(), 2U);
  EXPECT_EQ(events().forget(now_ + 4ms, 2, soon()).value(), 1) << "announced or not";
  EXPECT_THAT(after(""), ElementsAre(all[3]));
  EXPECT_THAT(unannounced(), ElementsAre(all[3]));
  EXPECT_EQ(events().forget(now_ + 4ms, 2, soon()).value(), 0);
}

TEST_P(MetadataStoreEvents, ForgettingLeavesImagesClaimsAndDeletions) {
  const ImageRecord record = inserted(maker_.next_processing());
  const Deletion deletion = store().begin_deletion(inserted(maker_.next()).image_id, now_, soon()).value();
  const UploadClaim claim = claim_for(maker_.next());
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  EXPECT_EQ(events().forget(UnixTime::max(), 100, soon()).value(), 3);
  EXPECT_EQ(described(record.image_id), describe(record));
  EXPECT_EQ(ids_of(derivations().due(UnixTime::max(), 10, soon()).value()), ids_of({record}));
  EXPECT_THAT(journal(), ElementsAre(deletion));
  EXPECT_TRUE(store().renew(claim, now_ + 1h, soon()));
}

TEST_P(MetadataStoreEvents, ConcurrentUploadsAreInTheLogOnceEach) {
  constexpr int kThreads = 6;
  constexpr int kImages = 10;
  run_at_once(kThreads, [this](int) {
    for (int i = 0; i < kImages; ++i) {
      const ImageRecord record = inserted(maker_.next());
      EXPECT_THAT(events_of(record), ElementsAre(upload_event(record))) << "seen by who wrote it";
    }
  });
  EXPECT_EQ(after("", 1000).size(), static_cast<std::size_t>(kThreads * kImages));
  EXPECT_EQ(unannounced(1000).size(), static_cast<std::size_t>(kThreads * kImages));
}

TEST_P(MetadataStoreEvents, ExpiredDeadlineReturnsDeadlineExceededAndNothingHappens) {
  const ImageEvent event = uploaded(0ms);
  const auto exceeded = std::optional(ErrorCode::DeadlineExceeded);
  EXPECT_EQ(code_of(events().events_after(maker_.owner(), "", 1, past())), exceeded);
  EXPECT_EQ(code_of(events().unannounced(1, past())), exceeded);
  EXPECT_EQ(code_of(events().mark_announced(std::vector{event}, past())), exceeded);
  EXPECT_EQ(code_of(events().forget(UnixTime::max(), 1, past())), exceeded);
  EXPECT_THAT(unannounced(), ElementsAre(event));
}

INSTANTIATE_TEST_SUITE_P(Adapters, MetadataStoreEvents, testing::ValuesIn(metadata_store_adapters()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tintype::testing_support
