// What every MetadataStore must do with the claims of uploads (metadata_store_contract.cpp).
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>

#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class MetadataStoreClaims : public MetadataStoreContract {
 protected:
  // A new upload's claim, held until a minute from now_.
  UploadClaim wanted(const std::string& token = "token") {
    UploadClaim claim = claim_for(maker_.next());
    claim.token = *IdempotencyToken::parse(token);
    claim.holder = "attempt " + std::to_string(++attempts_);
    claim.due = now_ + 60s;
    return claim;
  }
  Result<ClaimOutcome> claim(const UploadClaim& wanted, std::chrono::milliseconds later = 0ms) {
    return store().claim(wanted, now_ + later, soon());
  }
  UploadClaim claimed(const UploadClaim& wanted, std::chrono::milliseconds later = 0ms) {
    auto outcome = claim(wanted, later);
    EXPECT_TRUE(outcome) << to_string(outcome.error());
    return std::get<UploadClaim>(outcome.value());
  }
  static ImageRecord record_of(const UploadClaim& claim) {
    ImageRecord record = RecordMaker(claim.user.text()).next_full();
    record.image_id = claim.image_id;
    record.main_key = claim.blob_keys.at(0);
    record.thumbnail_key = claim.blob_keys.at(1);
    return record;
  }
  ImageRecord completed(const UploadClaim& claim) {
    ImageRecord record = record_of(claim);
    EXPECT_EQ(code_of(store().complete(claim, record, now_ + 24h, soon())), std::nullopt);
    return record;
  }
  std::string replayed(const UploadClaim& wanted) {
    auto outcome = claim(wanted);
    if (!outcome) return to_string(outcome.error());
    const auto* record = std::get_if<ImageRecord>(&*outcome);
    return record != nullptr ? describe(*record) : "a claim";
  }
  std::vector<UploadClaim> due(std::chrono::milliseconds later, int limit = 100) {
    return store().due_claims(now_ + later, limit, soon()).value();
  }
  void expect_lost(const UploadClaim& claim) {
    EXPECT_EQ(code_of(store().renew(claim, now_ + 1h, soon())), ErrorCode::ClaimLost);
    EXPECT_EQ(code_of(store().complete(claim, record_of(claim), now_ + 1h, soon())), ErrorCode::ClaimLost);
    EXPECT_EQ(code_of(store().release(claim, now_ + 1h, soon())), ErrorCode::ClaimLost);
    EXPECT_EQ(code_of(store().expire(claim, now_, soon())), ErrorCode::ClaimLost);
  }

  std::atomic<int> attempts_ = 0;
};

TEST_P(MetadataStoreClaims, FirstClaimIsReturnedAsWanted) {
  const UploadClaim first = wanted();
  EXPECT_EQ(claimed(first), first);
  EXPECT_THAT(due(60s), ElementsAre(first));
}

TEST_P(MetadataStoreClaims, OfConcurrentClaimsOfOneTokenOneIsGivenAndTheOthersAreInProgress) {
  std::atomic<int> given = 0;
  std::atomic<int> in_progress = 0;
  run_at_once(16, [&](int) {
    const auto outcome = claim(wanted());
    given += outcome ? 1 : 0;
    in_progress += code_of(outcome) == ErrorCode::UploadInProgress ? 1 : 0;
  });
  EXPECT_EQ(given, 1);
  EXPECT_EQ(in_progress, 15);
}

TEST_P(MetadataStoreClaims, TokenBelongsToItsUser) {
  claimed(wanted());
  UploadClaim other = claim_for(RecordMaker("bob").next());
  other.token = wanted().token;
  EXPECT_EQ(claimed(other), other);
}

TEST_P(MetadataStoreClaims, OtherFingerprintIsAMismatchInEveryState) {
  const UploadClaim first = claimed(wanted());
  UploadClaim other = wanted();
  other.fingerprint = std::string(64, '0');
  EXPECT_EQ(code_of(claim(other)), ErrorCode::IdempotencyMismatch) << "held";
  EXPECT_EQ(code_of(claim(other, 2min)), ErrorCode::IdempotencyMismatch) << "overdue";
  ASSERT_TRUE(store().release(first, now_ + 90s, soon()));
  EXPECT_EQ(code_of(claim(other)), ErrorCode::IdempotencyMismatch) << "released";
  completed(claimed(wanted()));
  EXPECT_EQ(code_of(claim(other)), ErrorCode::IdempotencyMismatch) << "completed";
  EXPECT_EQ(claimed(other, 25h), other) << "forgotten";
}

TEST_P(MetadataStoreClaims, OverdueClaimIsTakenOverWithItsImageIdAndKeys) {
  const UploadClaim first = claimed(wanted());
  EXPECT_EQ(code_of(claim(wanted(), 60s - 1ms)), ErrorCode::UploadInProgress);
  UploadClaim retry = wanted();
  retry.due = now_ + 3min;
  UploadClaim expected = first;
  expected.holder = retry.holder;
  expected.due = retry.due;
  EXPECT_EQ(claimed(retry, 60s), expected);
  expect_lost(first);
  EXPECT_THAT(due(1h), ElementsAre(expected));
}

TEST_P(MetadataStoreClaims, ReleasedClaimIsTakenAtOnceWithItsImageIdAndKeys) {
  const UploadClaim first = claimed(wanted());
  ASSERT_TRUE(store().release(first, now_ + 90s, soon()));
  expect_lost(first);
  const UploadClaim retry = claimed(wanted());
  EXPECT_EQ(retry.image_id, first.image_id);
  EXPECT_EQ(retry.blob_keys, first.blob_keys);
  EXPECT_NE(retry.holder, first.holder);
  completed(retry);
}

TEST_P(MetadataStoreClaims, RenewedClaimIsDueLater) {
  const UploadClaim first = claimed(wanted());
  ASSERT_TRUE(store().renew(first, now_ + 5min, soon()));
  EXPECT_THAT(due(4min), IsEmpty());
  EXPECT_EQ(code_of(claim(wanted(), 4min)), ErrorCode::UploadInProgress);
  EXPECT_EQ(due(5min).size(), 1u);
}

TEST_P(MetadataStoreClaims, CompletedClaimReplaysWhatWasCommittedWhateverHappensToTheImage) {
  const UploadClaim first = claimed(wanted());
  const ImageRecord record = completed(first);
  EXPECT_EQ(described(record.image_id), describe(record));
  EXPECT_EQ(replayed(wanted()), describe(record));
  ASSERT_TRUE(store().update_text(record.image_id, {.title = "changed"}, {}, now_, soon()));
  EXPECT_EQ(replayed(wanted()), describe(record));
  ASSERT_TRUE(store().begin_deletion(record.image_id, now_, soon()));
  EXPECT_EQ(replayed(wanted()), describe(record));
  expect_lost(first);
}

TEST_P(MetadataStoreClaims, CompletedClaimIsAsIfItWereNotThereOnceItsTimeHasPassed) {
  const ImageRecord record = completed(claimed(wanted()));
  const UploadClaim again = wanted();
  EXPECT_EQ(claimed(again, 24h), again);
  EXPECT_EQ(described(record.image_id), describe(record));
}

TEST_P(MetadataStoreClaims, OverdueClaimThatNobodyTookMayStillBeCompleted) {
  const UploadClaim first = claimed(wanted());
  EXPECT_THAT(due(2min), ElementsAre(first));
  completed(first);
}

TEST_P(MetadataStoreClaims, DueClaimsAreThoseNotAfterNowLongestOverdueFirst) {
  std::vector<UploadClaim> all;
  for (const int seconds : {3, 1, 4, 2}) {
    UploadClaim claim = wanted("token" + std::to_string(seconds));
    claim.due = now_ + std::chrono::seconds(seconds);
    all.push_back(claimed(claim));
  }
  EXPECT_THAT(due(999ms), IsEmpty());
  EXPECT_THAT(due(3s), ElementsAre(all[1], all[3], all[0]));
  EXPECT_THAT(due(4s, 2), ElementsAre(all[1], all[3]));
}

TEST_P(MetadataStoreClaims, ExpiredClaimIsGoneAndItsKeysAreInTheJournal) {
  for (const bool released : {false, true}) {
    const UploadClaim first = claimed(wanted());
    if (released) ASSERT_TRUE(store().release(first, first.due, soon()));
    const auto deletion = store().expire(first, now_ + 1h, soon()).value();
    ASSERT_TRUE(deletion);
    EXPECT_EQ(deletion->image_id, first.image_id);
    EXPECT_EQ(deletion->blob_keys, first.blob_keys);
    EXPECT_EQ(deletion->due, now_ + 1h);
    EXPECT_THAT(journal(), ElementsAre(*deletion));
    EXPECT_THAT(due(24h), IsEmpty());
    expect_lost(first);
    const UploadClaim next = wanted();
    EXPECT_EQ(claimed(next), next) << "with an image id and keys of its own";
    ASSERT_TRUE(store().finish_deletion(*deletion, soon()));
    ASSERT_TRUE(store().finish_deletion(store().expire(next, now_, soon()).value().value(), soon()));
  }
}

TEST_P(MetadataStoreClaims, ExpireOfAClaimThatWasRenewedOrTakenMeanwhileIsLost) {
  const UploadClaim seen = claimed(wanted());
  ASSERT_TRUE(store().renew(seen, now_ + 5min, soon()));
  EXPECT_EQ(code_of(store().expire(seen, now_, soon())), ErrorCode::ClaimLost);
  const UploadClaim renewed = due(1h).at(0);
  UploadClaim retry = wanted();
  retry.due = renewed.due;
  claimed(retry, 10min);
  EXPECT_EQ(code_of(store().expire(renewed, now_, soon())), ErrorCode::ClaimLost);
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_P(MetadataStoreClaims, ExpireOfACompletedClaimForgetsItAndLeavesTheImage) {
  const ImageRecord record = completed(claimed(wanted()));
  const auto overdue = due(24h);
  ASSERT_EQ(overdue.size(), 1u);
  EXPECT_FALSE(store().expire(overdue[0], now_, soon()).value());
  EXPECT_THAT(due(1000h), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
  EXPECT_EQ(described(record.image_id), describe(record));
}

TEST_P(MetadataStoreClaims, OfConcurrentExpireCompleteAndRetryExactlyOneWins) {
  for (int round = 0; round < 20; ++round) {
    UploadClaim retry = wanted("round" + std::to_string(round));
    const UploadClaim first = claimed(wanted("round" + std::to_string(round)));
    std::atomic<int> completes = 0;
    std::atomic<int> expires = 0;
    std::atomic<int> retries = 0;
    run_at_once(3, [&](int thread) {
      if (thread == 0) completes += store().complete(first, record_of(first), now_ + 24h, soon()) ? 1 : 0;
      if (thread == 1) expires += store().expire(first, now_, soon()) ? 1 : 0;
      if (thread != 2) return;
      const auto outcome = claim(retry, 2min);
      const auto* taken = outcome ? std::get_if<UploadClaim>(&*outcome) : nullptr;
      retries += taken != nullptr && taken->image_id == first.image_id ? 1 : 0;
    });
    EXPECT_EQ(completes + expires + retries, 1);
    EXPECT_EQ(store().find(first.image_id, soon()).has_value(), completes == 1);
  }
}

TEST_P(MetadataStoreClaims, CompleteThatFailsChangesNothing) {
  const ImageRecord there = inserted(maker_.next());
  const UploadClaim first = claimed(wanted());
  ImageRecord record = record_of(first);
  record.image_id = there.image_id;  // ids are never used again: this cannot be added
  EXPECT_EQ(code_of(store().complete(first, record, now_ + 24h, soon())), ErrorCode::Internal);
  EXPECT_EQ(code_of(claim(wanted())), ErrorCode::UploadInProgress) << "still held";
  completed(first);
}

INSTANTIATE_TEST_SUITE_P(Adapters, MetadataStoreClaims, testing::ValuesIn(metadata_store_adapters()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace tintype::testing_support
