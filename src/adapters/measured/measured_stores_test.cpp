#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/measured/measured_blob_store.h"
#include "adapters/measured/measured_metadata_store.h"
#include "base/text.h"
#include "tests/support/fault_injecting_blob_store.h"
#include "tests/support/memory_blob_store.h"
#include "tests/support/stored_record.h"

namespace tintype {
namespace {

using testing::HasSubstr;
using testing_support::BlobOperation;
using testing_support::claim_for;
using testing_support::FaultTime;

std::string count_line(const std::string& store, const std::string& operation, const std::string& outcome, int count) {
  return "tintype_store_duration_seconds_count{operation=\"" + operation + "\",outcome=\"" + outcome + "\",store=\"" +
         store + "\"} " + std::to_string(count) + "\n";
}

class MeasuredBlobStoreTest : public testing::Test {
 protected:
  Result<void> put(std::string_view key) { return store_.put(key, as_bytes("body"), {}, Deadline::never()); }

  MetricsRegistry metrics_;
  testing_support::MemoryBlobStore memory_;
  testing_support::FaultInjectingBlobStore faulty_{memory_};
  MeasuredBlobStore store_{faulty_, metrics_};
};

TEST_F(MeasuredBlobStoreTest, EveryOperationIsForwardedAndCounted) {
  EXPECT_TRUE(put("k"));
  EXPECT_EQ(store_.open("k", Deadline::never())->bytes->size(), 4u);
  EXPECT_FALSE(*store_.url("k", UrlUse::Get, std::chrono::seconds(1), Deadline::never()));
  int visits = 0;
  EXPECT_TRUE(store_.list("", [&](const BlobEntry&) { return ++visits < 9; }, Deadline::never()));
  EXPECT_EQ(visits, 1);
  EXPECT_TRUE(store_.remove("k", Deadline::never()));
  EXPECT_TRUE(store_.remove_all(std::vector<std::string>{"k", "l"}, Deadline::never()));
  EXPECT_TRUE(store_.check(Deadline::never()));
  for (const char* operation : {"put", "open", "url", "list", "remove", "remove_all", "check"}) {
    EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", operation, "ok", 1)));
    EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", operation, "error", 0)));
  }
}

TEST_F(MeasuredBlobStoreTest, FailureCountsAsError) {
  faulty_.fail_next(BlobOperation::Put, FaultTime::Before);
  EXPECT_EQ(put("k").error().code, ErrorCode::StoreUnavailable);
  EXPECT_TRUE(put("k"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", "put", "error", 1)));
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", "put", "ok", 1)));
}

TEST_F(MeasuredBlobStoreTest, MissingBlobCountsAsOk) {
  EXPECT_EQ(store_.open("k", Deadline::never()).error().code, ErrorCode::NotFound);
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", "open", "ok", 1)));
}

TEST_F(MeasuredBlobStoreTest, OpeningAtOnceCountsAsAnOpenOnlyIfItHasOpened) {
  class OpensOnlyK final : public testing_support::MemoryBlobStore {
    std::optional<OpenBlob> open_at_once(std::string_view key) override {
      return key == "k" ? std::optional<OpenBlob>(std::in_place) : std::nullopt;
    }
  } memory;
  MeasuredBlobStore store(memory, metrics_);
  EXPECT_TRUE(store.open_at_once("k"));
  EXPECT_FALSE(store.open_at_once("l"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", "open", "ok", 1)));
}

TEST_F(MeasuredBlobStoreTest, TimeOfTheCallIsObserved) {
  faulty_.set_hook(BlobOperation::Check, FaultTime::Before, [](std::string_view) -> std::optional<Error> {
    for (const Deadline until = Deadline::after(std::chrono::milliseconds(3)); !until.expired();) {
    }
    return std::nullopt;
  });
  EXPECT_TRUE(store_.check(Deadline::never()));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(_bucket{operation="check",outcome="ok",store="blob",le="0.0025"} 0)"));
}

TEST_F(MeasuredBlobStoreTest, FaultAfterTheCallHidesThatItWasDone) {
  faulty_.fail_next(BlobOperation::Put, FaultTime::After);
  EXPECT_FALSE(put("k"));
  EXPECT_EQ(memory_.entries().size(), 1u);
  EXPECT_EQ(faulty_.calls(BlobOperation::Put), 1u);
}

class MetadataStoreMock : public MetadataStore {
 public:
  MOCK_METHOD(Result<ImageRecord>, find, (const ImageId&, Deadline), (override));
  MOCK_METHOD(Result<ListPage>, list, (const ListQuery&, Deadline), (override));
  MOCK_METHOD(Result<ImageRecord>, update_text,
              (const ImageId&, const ImageText&, std::optional<std::int64_t>, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<ClaimOutcome>), claim, (const UploadClaim&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<void>), renew, (const UploadClaim&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<void>), complete, (const UploadClaim&, const ImageRecord&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<void>), release, (const UploadClaim&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<std::vector<UploadClaim>>), due_claims, (UnixTime, int, Deadline), (override));
  MOCK_METHOD((Result<std::optional<Deletion>>), expire, (const UploadClaim&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<Deletion>), begin_deletion, (const ImageId&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<std::optional<Deletion>>), bury,
              (const ImageId&, std::span<const std::string>, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<std::vector<Deletion>>), due_deletions, (UnixTime, int, Deadline), (override));
  MOCK_METHOD((Result<void>), postpone_deletion, (const Deletion&, UnixTime, Deadline), (override));
  MOCK_METHOD((Result<void>), finish_deletion, (const Deletion&, Deadline), (override));
  MOCK_METHOD(Result<bool>, import_record, (const ImageRecord&, Deadline), (override));
  MOCK_METHOD((Result<std::vector<ImageRecord>>), records_after, (const std::optional<ImageId>&, int, Deadline),
              (override));
  MOCK_METHOD((Result<std::vector<std::string>>), unreferenced, (std::span<const std::string>, Deadline), (override));
  MOCK_METHOD((Result<void>), keep_verification, (const VerificationReport&, Deadline), (override));
  MOCK_METHOD((Result<std::optional<VerificationReport>>), last_verification, (Deadline), (override));
  MOCK_METHOD(Result<void>, check, (Deadline), (override));
};

class MeasuredMetadataStoreTest : public testing::Test {
 protected:
  const ImageId id_ = *ImageId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  MetricsRegistry metrics_;
  testing::StrictMock<MetadataStoreMock> mock_;
  MeasuredMetadataStore store_{mock_, metrics_};
};

TEST_F(MeasuredMetadataStoreTest, EveryOperationIsForwardedAndCounted) {
  const ImageRecord record{id_, *UserId::parse("ann")};
  const ListQuery query{*UserId::parse("ann")};
  const UploadClaim claim = claim_for(record);
  const std::vector<std::string> keys = {"k"};
  EXPECT_CALL(mock_, find(id_, testing::_)).WillOnce([&] { return record; });
  EXPECT_CALL(mock_, list).WillOnce([] { return ListPage{}; });
  EXPECT_CALL(mock_, update_text(id_, testing::_, testing::Eq(7), UnixTime{}, testing::_)).WillOnce([&] {
    return record;
  });
  EXPECT_CALL(mock_, claim).WillOnce([&] { return Result<ClaimOutcome>(record); });
  EXPECT_CALL(mock_, renew).WillOnce([&] { return Result<void>(); });
  EXPECT_CALL(mock_, complete).WillOnce([&] { return Result<void>(); });
  EXPECT_CALL(mock_, release).WillOnce([&] { return Result<void>(); });
  EXPECT_CALL(mock_, due_claims).WillOnce([&] { return Result<std::vector<UploadClaim>>(std::vector<UploadClaim>()); });
  EXPECT_CALL(mock_, expire).WillOnce([&] { return Result<std::optional<Deletion>>(std::optional<Deletion>()); });
  EXPECT_CALL(mock_, begin_deletion).WillOnce([&] { return Deletion{id_, {"k"}}; });
  EXPECT_CALL(mock_, bury).WillOnce([&] { return Result<std::optional<Deletion>>(std::optional<Deletion>()); });
  EXPECT_CALL(mock_, due_deletions).WillOnce([&] { return Result<std::vector<Deletion>>(std::vector<Deletion>()); });
  EXPECT_CALL(mock_, postpone_deletion).WillOnce([&] { return Result<void>(); });
  EXPECT_CALL(mock_, finish_deletion).WillOnce([&] { return Result<void>(); });
  EXPECT_CALL(mock_, import_record).WillOnce([] { return true; });
  EXPECT_CALL(mock_, records_after).WillOnce([&] {
    return Result<std::vector<ImageRecord>>(std::vector<ImageRecord>());
  });
  EXPECT_CALL(mock_, unreferenced).WillOnce([&] {
    return Result<std::vector<std::string>>(std::vector<std::string>());
  });
  EXPECT_CALL(mock_, keep_verification).WillOnce([&] { return Result<void>(); });
  EXPECT_CALL(mock_, last_verification).WillOnce([&] {
    return Result<std::optional<VerificationReport>>(std::optional<VerificationReport>());
  });
  EXPECT_CALL(mock_, check).WillOnce([] { return Result<void>(); });

  EXPECT_EQ(store_.find(id_, Deadline::never())->image_id, id_);
  EXPECT_TRUE(store_.list(query, Deadline::never()));
  EXPECT_TRUE(store_.update_text(id_, {}, 7, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.claim(claim, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.renew(claim, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.complete(claim, record, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.release(claim, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.due_claims(UnixTime{}, 5, Deadline::never()));
  EXPECT_TRUE(store_.expire(claim, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.begin_deletion(id_, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.bury(id_, keys, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.due_deletions(UnixTime{}, 5, Deadline::never()));
  EXPECT_TRUE(store_.postpone_deletion(Deletion{id_, {"k"}}, UnixTime{}, Deadline::never()));
  EXPECT_TRUE(store_.finish_deletion(Deletion{id_, {"k"}}, Deadline::never()));
  EXPECT_TRUE(store_.import_record(record, Deadline::never()));
  EXPECT_TRUE(store_.records_after(id_, 5, Deadline::never()));
  EXPECT_TRUE(store_.unreferenced(keys, Deadline::never()));
  EXPECT_TRUE(store_.keep_verification(VerificationReport{}, Deadline::never()));
  EXPECT_TRUE(store_.last_verification(Deadline::never()));
  EXPECT_TRUE(store_.check(Deadline::never()));
  for (const char* operation : {"find",
                                "list",
                                "update_text",
                                "claim",
                                "renew",
                                "complete",
                                "release",
                                "due_claims",
                                "expire",
                                "begin_deletion",
                                "bury",
                                "due_deletions",
                                "postpone_deletion",
                                "finish_deletion",
                                "import_record",
                                "records_after",
                                "unreferenced",
                                "keep_verification",
                                "last_verification",
                                "check"}) {
    EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("metadata", operation, "ok", 1)));
  }
}

TEST_F(MeasuredMetadataStoreTest, VersionMismatchCountsAsOk) {
  EXPECT_CALL(mock_, update_text).WillOnce([] { return fail(ErrorCode::VersionMismatch, "changed meanwhile"); });
  EXPECT_EQ(store_.update_text(id_, {}, 1, UnixTime{}, Deadline::never()).error().code, ErrorCode::VersionMismatch);
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("metadata", "update_text", "ok", 1)));
}

TEST_F(MeasuredMetadataStoreTest, AnswersToClaimsCountAsOk) {
  const UploadClaim claim = claim_for(ImageRecord{id_, *UserId::parse("ann")});
  int calls = 0;
  for (const auto code : {ErrorCode::UploadInProgress, ErrorCode::IdempotencyMismatch, ErrorCode::ClaimLost}) {
    EXPECT_CALL(mock_, claim).WillOnce([&] { return fail(code, "no"); });
    EXPECT_EQ(store_.claim(claim, UnixTime{}, Deadline::never()).error().code, code);
    EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("metadata", "claim", "ok", ++calls)));
  }
}

TEST_F(MeasuredBlobStoreTest, BlobThatIsThereAlreadyCountsAsOk) {
  EXPECT_TRUE(put("k"));
  EXPECT_EQ(put("k").error().code, ErrorCode::AlreadyExists);
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("blob", "put", "ok", 2)));
}

TEST_F(MeasuredMetadataStoreTest, DeadlineExceededCountsAsError) {
  EXPECT_CALL(mock_, find).WillOnce([] { return fail(ErrorCode::DeadlineExceeded, "too late"); });
  EXPECT_FALSE(store_.find(id_, Deadline::never()));
  EXPECT_THAT(metrics_.expose(), HasSubstr(count_line("metadata", "find", "error", 1)));
}

}  // namespace
}  // namespace tintype
