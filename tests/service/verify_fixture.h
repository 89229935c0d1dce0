#pragma once

#include "base/crypto/sha256.h"
#include "base/text.h"
#include "model/blob_key.h"
#include "service/verify.h"
#include "tests/support/service_fixture.h"

namespace tintype::testing_support {

// Images as uploads leave them, and what a verification says of them. All blobs are an hour old.
class VerifyFixture : public ServiceFixture {
 protected:
  VerifyFixture() {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    clock_.advance(now - clock_.now() + std::chrono::hours(1));
  }

  UploadClaim claim_for(const ImageRecord& record) {
    return {.user = record.user_id,
            .token = *IdempotencyToken::parse(record.image_id.text()),
            .fingerprint = std::string(64, 'f'),
            .image_id = record.image_id,
            .blob_keys = {BlobKey::of(record.user_id, record.image_id, Variant::Main).text(),
                          BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail).text()},
            .holder = "attempt",
            .due = clock_.now() + kLease};
  }
  UploadClaim claimed(const ImageRecord& record) {
    const UploadClaim claim = claim_for(record);
    EXPECT_TRUE(sqlite_->claim(claim, clock_.now(), soon()));
    return claim;
  }
  void committed(const ImageRecord& record) {
    EXPECT_TRUE(sqlite_->complete(claimed(record), record, clock_.now() + kRemembered, soon()));
  }
  void put(const std::string& key, std::string_view bytes) {
    EXPECT_TRUE(memory_blobs_.remove(key, soon()));
    EXPECT_TRUE(memory_blobs_.put(key, as_bytes(bytes), {}, soon()));
  }
  // The blobs of `record`, which then describes them.
  void put_blobs_of(ImageRecord& record, std::string_view main = "main") {
    put(record.main_key, main);
    put(*record.thumbnail_key, "thumbnail");
    record.processed_size = main.size();
    record.main_sha256 = hex(sha256(as_bytes(main)));
    record.thumbnail_sha256 = hex(sha256(as_bytes("thumbnail")));
  }
  ImageRecord stored(RecordMaker& maker, std::string_view main = "main") {
    ImageRecord record = maker.next();
    put_blobs_of(record, main);
    committed(record);
    return record;
  }
  ImageRecord stored() { return stored(maker_); }
  // The key of a blob that nothing refers to.
  std::string orphan(RecordMaker& maker) {
    const std::string key = maker.next().main_key;
    put(key, "orphan");
    return key;
  }
  std::string orphan() { return orphan(maker_); }
  void remove(const std::string& key) { EXPECT_TRUE(memory_blobs_.remove(key, soon())); }
  // As a deletion does it.
  void erase(const ImageRecord& record) {
    const auto deletion = sqlite_->begin_deletion(record.image_id, clock_.now(), soon());
    ASSERT_TRUE(deletion);
    for (const std::string& key : deletion->blob_keys) remove(key);
    EXPECT_TRUE(sqlite_->finish_deletion(*deletion, soon()));
  }

  Result<VerificationReport> try_run(const VerifyOptions& options = {}) {
    const auto on_progress = [this](const VerifyProgress& progress) {
      progress_.push_back(progress);
      if (stop_in_stage_ == progress.stage) stop_.request_stop();
    };
    return Verify(metadata_, blobs_, finish_, clock_, log_).run(options, on_progress, stop_.get_token(), soon());
  }
  VerificationReport run(const VerifyOptions& options = {}) {
    const auto report = try_run(options);
    EXPECT_TRUE(report) << to_string(report.error());
    return report.value_or(VerificationReport());
  }
  std::optional<VerificationReport> kept() { return *sqlite_->last_verification(soon()); }

  // Does `what` in the first call of `operation` from now on.
  template <typename Points, typename Operation>
  static void once(Points& points, Operation operation, FaultTime time, std::function<void()> what) {
    points.set_hook(operation, time, [what = std::move(what), done = std::make_shared<bool>()](std::string_view) {
      if (!std::exchange(*done, true)) what();
      return std::optional<Error>();
    });
  }

  std::vector<VerifyProgress> progress_;  // as it was told
  std::string stop_in_stage_;
  std::stop_source stop_;
};

}  // namespace tintype::testing_support
