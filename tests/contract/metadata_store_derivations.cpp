// What every MetadataStore must do as a DerivationStore, sentence by sentence of ports/derivation_store.h
// (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <atomic>

#include "model/blob_key.h"
#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class MetadataStoreDerivations : public MetadataStoreContract {
 protected:
  static std::string key_of(const ImageRecord& record, std::int64_t version) {
    return BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail, version).text();
  }
  static Derivative made(const ImageRecord& record, std::int64_t version) {
    return {.version = version,
            .key = key_of(record, version),
            .sha256 = std::string(63, 'c') + std::to_string(version % 10),
            .recipe = "thumbnail@" + std::to_string(version)};
  }
  std::optional<ImageRecord> finish(const ImageRecord& record, std::int64_t version) {
    return derivations().finish(record.image_id, made(record, version), now_, soon()).value();
  }
  std::optional<ImageRecord> give_up(const ImageRecord& record, std::int64_t version) {
    return derivations().give_up(record.image_id, version, key_of(record, version), "too hard", now_, soon()).value();
  }
  // The record as it is once this thumbnail is there.
  ImageRecord with_thumbnail(ImageRecord record, std::int64_t version) {
    const Derivative thumbnail = made(record, version);
    record.thumbnail_key = thumbnail.key;
    record.thumbnail_sha256 = thumbnail.sha256;
    record.thumbnail_recipe = thumbnail.recipe;
    record.thumbnail_version = version;
    record.status = ProcessingStatus::Completed;
    record.processing_error.reset();
    record.redrive_at.reset();
    record.updated_at = now_;
    ++record.version;
    return record;
  }
  ImageRecord failed(ImageRecord record, std::int64_t version) {
    record.thumbnail_version = version;
    record.status = ProcessingStatus::Failed;
    record.processing_error = "too hard";
    record.redrive_at.reset();
    record.updated_at = now_;
    ++record.version;
    return record;
  }
  ImageRecord processing(std::chrono::milliseconds redrive_at = 0ms) {
    ImageRecord record = maker_.next_processing();
    record.redrive_at = now_ + redrive_at;
    return inserted(record);
  }
  void expect_nothing_happened_to(const ImageRecord& record) {
    EXPECT_EQ(described(record.image_id), describe(record));
    EXPECT_THAT(events_of(record), ElementsAre(upload_event(record)));
    EXPECT_THAT(journal(), IsEmpty());
  }
  std::vector<ImageRecord> due(std::chrono::milliseconds later, int limit = 100) {
    return derivations().due(now_ + later, limit, soon()).value();
  }
};

TEST_P(MetadataStoreDerivations, FinishedRecordIsCompletedWithItsThumbnail) {
  const ImageRecord record = processing();
  const ImageRecord expected = with_thumbnail(record, 1);
  const auto finished = finish(record, 1);
  ASSERT_TRUE(finished);
  EXPECT_EQ(describe(*finished), describe(expected));
  EXPECT_EQ(described(record.image_id), describe(expected));
  EXPECT_THAT(events_of(record),
              ElementsAre(upload_event(record), event_of(expected, ImageEventType::Completed, now_)));
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_P(MetadataStoreDerivations, FinishOfAnyVersionButTheNextDoesNothing) {
  ImageRecord record = maker_.next_processing();
  record.thumbnail_version = 3;
  inserted(record);
  for (const std::int64_t version : {1, 2, 3, 5}) EXPECT_FALSE(finish(record, version)) << version;
  expect_nothing_happened_to(record);
  const auto finished = finish(record, 4);
  ASSERT_TRUE(finished);
  EXPECT_FALSE(finish(record, 4));
  EXPECT_EQ(described(record.image_id), describe(*finished));
  EXPECT_EQ(events_of(record).size(), 2U);
}

TEST_P(MetadataStoreDerivations, FinishOrGiveUpOfAMissingOrDeletedImageDoesNothing) {
  const ImageRecord absent = maker_.next_processing();
  const ImageRecord deleted = processing();
  const Deletion deletion = store().begin_deletion(deleted.image_id, now_, soon()).value();
  const auto events = events_of(deleted);
  for (const ImageRecord& record : {absent, deleted}) {
    EXPECT_FALSE(finish(record, 1));
    EXPECT_FALSE(give_up(record, 1));
    EXPECT_FALSE(derivations().postpone(record, now_, soon()).value());
    EXPECT_EQ(code_of(store().find(record.image_id, soon())), ErrorCode::NotFound);
  }
  EXPECT_THAT(journal(), ElementsAre(deletion));
  EXPECT_EQ(events_of(deleted), events);
  EXPECT_THAT(events_of(absent), IsEmpty());
}

TEST_P(MetadataStoreDerivations, ThumbnailThatIsMadeAgainTakesThePlaceOfTheOld) {
  ImageRecord record = maker_.next_in("album", {"tag"});
  record.text.title = "kept";
  inserted(record);
  const ImageRecord expected = with_thumbnail(record, 2);
  const auto finished = finish(record, 2);
  ASSERT_TRUE(finished);
  EXPECT_EQ(describe(*finished), describe(expected));
  EXPECT_EQ(describe(list({.user = maker_.owner(), .album_id = "album", .tag = "tag"}).images.at(0)),
            describe(expected));
  EXPECT_THAT(store().unreferenced(std::vector{key_of(record, 1), key_of(record, 2)}, soon()).value(),
              ElementsAre(key_of(record, 1)));
}

TEST_P(MetadataStoreDerivations, GivenUpRecordWithoutThumbnailIsFailedAndItsKeyIsInTheJournal) {
  const ImageRecord record = processing();
  const ImageRecord expected = failed(record, 1);
  const auto given_up = give_up(record, 1);
  ASSERT_TRUE(given_up);
  EXPECT_EQ(describe(*given_up), describe(expected));
  EXPECT_EQ(described(record.image_id), describe(expected));
  EXPECT_THAT(events_of(record), ElementsAre(upload_event(record), event_of(expected, ImageEventType::Failed, now_)));
  EXPECT_EQ(events_of(record).at(1).error, "too hard");
  const auto entries = journal();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].image_id, record.image_id);
  EXPECT_THAT(entries[0].blob_keys, ElementsAre(key_of(record, 1)));
  EXPECT_EQ(entries[0].due, now_);
  EXPECT_EQ(entries[0].failures, 0);
}

TEST_P(MetadataStoreDerivations, GivenUpVersionOfARecordWithThumbnailChangesNothingElse) {
  const ImageRecord record = inserted(maker_.next_tagged({"tag"}));
  ImageRecord expected = record;
  expected.thumbnail_version = 2;
  const auto given_up = give_up(record, 2);
  ASSERT_TRUE(given_up);
  EXPECT_EQ(describe(*given_up), describe(expected));
  EXPECT_EQ(described(record.image_id), describe(expected));
  EXPECT_THAT(events_of(record), ElementsAre(upload_event(record)));
  EXPECT_THAT(journal().at(0).blob_keys, ElementsAre(key_of(record, 2)));
  EXPECT_EQ(ids_of_all({.user = maker_.owner(), .tag = "tag"}), ids_of({record}));
}

TEST_P(MetadataStoreDerivations, GivenUpVersionIsNeverUsedAndTheNextOneMayBe) {
  const ImageRecord record = processing();
  const auto given_up = give_up(record, 1);
  ASSERT_TRUE(given_up);
  const auto entries = journal();
  EXPECT_FALSE(finish(record, 1));
  EXPECT_FALSE(give_up(record, 1));
  EXPECT_FALSE(give_up(record, 3));
  EXPECT_EQ(journal(), entries);
  EXPECT_EQ(described(record.image_id), describe(*given_up));
  const auto finished = finish(record, 2);
  ASSERT_TRUE(finished);
  EXPECT_EQ(describe(*finished), describe(with_thumbnail(*given_up, 2)));
  EXPECT_EQ(journal(), entries) << "the deletion goes on";
  ASSERT_TRUE(store().finish_deletion(entries.at(0), soon()));
  EXPECT_EQ(described(record.image_id), describe(*finished));
  EXPECT_EQ(events_of(record).size(), 3U);
}

TEST_P(MetadataStoreDerivations, ImageThatIsInTheJournalAlreadyGetsANewEntryWithTheKeysOfBoth) {
  const ImageRecord record = processing();
  ASSERT_TRUE(give_up(record, 1));
  const Deletion first = journal().at(0);
  ASSERT_TRUE(give_up(record, 2));
  const auto entries = journal();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_NE(entries[0].entry, first.entry);
  EXPECT_THAT(entries[0].blob_keys, UnorderedElementsAre(key_of(record, 1), key_of(record, 2)));
  const Deletion whole = store().begin_deletion(record.image_id, now_, soon()).value();
  EXPECT_THAT(whole.blob_keys, UnorderedElementsAre(record.main_key, key_of(record, 1), key_of(record, 2)));
  EXPECT_THAT(journal(), ElementsAre(whole));
}

TEST_P(MetadataStoreDerivations, DeletionOfAProcessingImageNamesTheKeyOfItsNextThumbnail) {
  ImageRecord record = maker_.next_processing();
  record.thumbnail_version = 1;
  inserted(record);
  const Deletion deletion = store().begin_deletion(record.image_id, now_, soon()).value();
  EXPECT_THAT(deletion.blob_keys, UnorderedElementsAre(record.main_key, key_of(record, 2)));
  const ImageRecord done = inserted(maker_.next());
  EXPECT_THAT(store().begin_deletion(done.image_id, now_, soon())->blob_keys,
              UnorderedElementsAre(done.main_key, key_of(done, 1)));
}

TEST_P(MetadataStoreDerivations, DueAreProcessingRecordsWhoseTimeHasComeLongestOverdueFirst) {
  const ImageRecord third = processing(3s);
  const ImageRecord first = processing(1s);
  const ImageRecord fourth = processing(4s);
  const ImageRecord second = processing(2s);
  EXPECT_THAT(due(999ms), IsEmpty());
  EXPECT_EQ(ids_of(due(3s)), ids_of({first, second, third}));
  EXPECT_EQ(ids_of(due(1h, 2)), ids_of({first, second}));
  EXPECT_THAT(due(1h, 0), IsEmpty());
  EXPECT_EQ(describe(due(1h).at(3)), describe(fourth));
}

TEST_P(MetadataStoreDerivations, NothingButProcessingRecordsIsDueWhateverElseThereIs) {
  inserted(maker_.next());
  inserted(maker_.next_full());  // failed, with a time
  const UploadClaim claim = claim_for(maker_.next());
  ASSERT_TRUE(store().claim(claim, now_, soon()));
  ImageRecord unwatched = maker_.next_processing();
  unwatched.redrive_at.reset();
  inserted(unwatched);
  ASSERT_TRUE(finish(processing(), 1));
  ASSERT_TRUE(give_up(processing(), 1));
  ASSERT_TRUE(store().begin_deletion(processing().image_id, now_, soon()));
  const ImageRecord gone = processing();
  ASSERT_TRUE(store().finish_deletion(store().begin_deletion(gone.image_id, now_, soon()).value(), soon()));
  EXPECT_THAT(due(1000h), IsEmpty());
  const ImageRecord waiting = processing();
  EXPECT_EQ(ids_of(due(0ms, 1)), ids_of({waiting}));
}

TEST_P(MetadataStoreDerivations, ImportedRecordThatIsProcessingIsDue) {
  ImageRecord record = maker_.next_processing();
  ASSERT_TRUE(store().import_record(record, soon()).value());
  EXPECT_EQ(ids_of(due(0ms)), ids_of({record}));
  ++record.version;
  record.redrive_at = now_ + 1h;
  ASSERT_TRUE(store().import_record(record, soon()).value());
  EXPECT_THAT(due(0ms), IsEmpty());
  EXPECT_EQ(describe(due(1h).at(0)), describe(record));
  ASSERT_TRUE(store().import_record(with_thumbnail(record, 1), soon()).value());
  EXPECT_THAT(due(1h), IsEmpty());
}

TEST_P(MetadataStoreDerivations, PostponedRecordIsDueLaterAndCountsIt) {
  const ImageRecord record = processing();
  ImageRecord expected = record;
  expected.redrive_at = now_ + 1min;
  expected.redrives = 1;
  ASSERT_TRUE(derivations().postpone(record, now_ + 1min, soon()).value());
  EXPECT_EQ(described(record.image_id), describe(expected));
  EXPECT_THAT(due(59s), IsEmpty());
  EXPECT_EQ(describe(due(1min).at(0)), describe(expected));
  EXPECT_THAT(events_of(record), ElementsAre(upload_event(record)));
  ASSERT_TRUE(derivations().postpone(expected, now_ + 30s, soon()).value());
  EXPECT_EQ(due(30s).at(0).redrives, 2);
}

TEST_P(MetadataStoreDerivations, PostponeOfARecordThatIsNotAsSeenDoesNothing) {
  const ImageRecord seen = processing();
  ASSERT_TRUE(derivations().postpone(seen, now_ + 1min, soon()).value());
  const std::string postponed = described(seen.image_id);
  EXPECT_FALSE(derivations().postpone(seen, now_ + 1h, soon()).value());
  const ImageRecord before = due(1min).at(0);
  ImageRecord other = before;
  ++other.redrives;
  EXPECT_FALSE(derivations().postpone(other, now_ + 1h, soon()).value());
  other.redrives = 1;
  other.redrive_at = now_;
  EXPECT_FALSE(derivations().postpone(other, now_ + 1h, soon()).value());
  EXPECT_EQ(described(seen.image_id), postponed);
  const auto finished = finish(seen, 1);
  ASSERT_TRUE(finished);
  EXPECT_FALSE(derivations().postpone(before, now_ + 1h, soon()).value());
  EXPECT_EQ(described(seen.image_id), describe(*finished));
}

TEST_P(MetadataStoreDerivations, OfConcurrentPostponesOneCounts) {
  const ImageRecord record = processing();
  std::atomic<int> postponed = 0;
  run_at_once(6, [&](int thread) {
    const UnixTime redrive_at = now_ + std::chrono::seconds(thread + 1);
    postponed += derivations().postpone(record, redrive_at, soon()).value() ? 1 : 0;
  });
  EXPECT_EQ(postponed, 1);
  EXPECT_EQ(due(1h).at(0).redrives, 1);
}

TEST_P(MetadataStoreDerivations, TextMayChangeWhileProcessing) {
  ImageRecord record = processing();
  const auto updated =
      store().update_text(record.image_id, {.title = "new", .tags = {"t"}}, record.version, now_ + 1s, soon());
  ASSERT_TRUE(updated) << to_string(updated.error());
  record.text = {.title = "new", .tags = {"t"}};
  record.updated_at = now_ + 1s;
  ++record.version;
  EXPECT_EQ(describe(due(0ms).at(0)), describe(record));
  ASSERT_TRUE(derivations().postpone(record, now_ + 1min, soon()).value());
  record.redrive_at = now_ + 1min;
  record.redrives = 1;
  const auto again = store().update_text(record.image_id, record.text, {}, now_ + 2s, soon());
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(ids_of(due(1min)), ids_of({record}));
  const auto finished = finish(record, 1);
  ASSERT_TRUE(finished);
  EXPECT_EQ(describe(*finished), describe(with_thumbnail(*again, 1)));
}

TEST_P(MetadataStoreDerivations, EveryWayInAndOutKeepsWhatIsKnownOfTheThumbnail) {
  RecordMaker bob("bob");
  for (const ImageRecord& record : {maker_.next_full(), bob.next_processing()}) {
    inserted(record);
    EXPECT_EQ(described(record.image_id), describe(record));
    EXPECT_EQ(describe(list({.user = record.user_id}).images.at(0)), describe(record));
    EXPECT_EQ(describe(store().records_after({}, 1, soon()).value().at(0)), describe(record));
    const auto replayed = store().claim(claim_for(record), record.uploaded_at, soon());
    ASSERT_TRUE(replayed) << to_string(replayed.error());
    EXPECT_EQ(describe(std::get<ImageRecord>(*replayed)), describe(record));
    ASSERT_TRUE(store().finish_deletion(store().begin_deletion(record.image_id, now_, soon()).value(), soon()));
  }
  const ImageRecord imported = bob.next_processing();
  ASSERT_TRUE(store().import_record(imported, soon()).value());
  EXPECT_EQ(described(imported.image_id), describe(imported));
}

TEST_P(MetadataStoreDerivations, OfConcurrentFinishesOfOneVersionOneHappens) {
  const ImageRecord record = processing();
  std::atomic<int> finished = 0;
  run_at_once(6, [&](int) { finished += finish(record, 1) ? 1 : 0; });
  EXPECT_EQ(finished, 1);
  EXPECT_EQ(store().find(record.image_id, soon())->version, record.version + 1);
  EXPECT_EQ(events_of(record).size(), 2U);
}

TEST_P(MetadataStoreDerivations, ConcurrentFinishGiveUpDeletionAndUpdateHaveOneOutcomeAndOneEvent) {
  for (int round = 0; round < 10; ++round) {
    const ImageRecord record = processing();
    std::optional<ImageRecord> finished;
    std::optional<ImageRecord> given_up;
    std::optional<Deletion> deletion;
    run_at_once(4, [&](int thread) {
      if (thread == 0) finished = finish(record, 1);
      if (thread == 1) given_up = give_up(record, 1);
      if (thread == 2) deletion = store().begin_deletion(record.image_id, now_, soon()).value();
      if (thread == 3) (void)store().update_text(record.image_id, {.title = "new"}, {}, now_, soon());
    });
    ASSERT_TRUE(deletion);
    EXPECT_FALSE(finished && given_up);
    std::vector<ImageEventType> types;
    for (const ImageEvent& event : events_of(record)) types.push_back(event.type);
    std::vector<ImageEventType> expected = {ImageEventType::Processing, ImageEventType::Deleted};
    if (finished) expected.push_back(ImageEventType::Completed);
    if (given_up) expected.push_back(ImageEventType::Failed);
    EXPECT_THAT(types, testing::UnorderedElementsAreArray(expected));
    EXPECT_THAT(deletion->blob_keys, UnorderedElementsAre(record.main_key, key_of(record, 1)));
    EXPECT_THAT(journal(), ElementsAre(*deletion));
    ASSERT_TRUE(store().finish_deletion(*deletion, soon()));
  }
}

TEST_P(MetadataStoreDerivations, ExpiredDeadlineReturnsDeadlineExceededAndNothingHappens) {
  const ImageRecord record = processing();
  const auto exceeded = std::optional(ErrorCode::DeadlineExceeded);
  EXPECT_EQ(code_of(derivations().finish(record.image_id, made(record, 1), now_, past())), exceeded);
  EXPECT_EQ(code_of(derivations().give_up(record.image_id, 1, key_of(record, 1), "late", now_, past())), exceeded);
  EXPECT_EQ(code_of(derivations().due(now_, 1, past())), exceeded);
  EXPECT_EQ(code_of(derivations().postpone(record, now_, past())), exceeded);
  expect_nothing_happened_to(record);
}

INSTANTIATE_TEST_SUITE_P(Adapters, MetadataStoreDerivations, testing::ValuesIn(metadata_store_adapters()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tintype::testing_support
