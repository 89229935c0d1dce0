#pragma once

#include <fcntl.h>

#include <fstream>

#include "service/migrate.h"
#include "tests/service/verify_fixture.h"

namespace tintype::testing_support {

// A source, which is what VerifyFixture has, and a target, with a place for faults before each port; and what a
// migration says.
class MigrateFixture : public VerifyFixture {
 protected:
  ImageRecord stored_with_text(ImageText text) {
    ImageRecord record = maker_.next();
    record.text = std::move(text);
    put_blobs_of(record, "main of " + record.image_id.text());
    committed(record);
    return record;
  }
  void change(const ImageRecord& record, const ImageText& text) {
    EXPECT_TRUE(sqlite_->update_text(record.image_id, text, std::nullopt, clock_.now(), soon()));
  }

  Result<MigrationReport> try_run(Deadline deadline = soon()) {
    const auto on_progress = [this](const MigrateProgress& progress) {
      told_.push_back(progress);
      if (stop_in_stage_ == progress.stage) stop_.request_stop();
    };
    return Migrate({metadata_, blobs_}, {target_metadata_, target_blobs_}, logger_)
        .run({.parallel = parallel_, .pause = std::chrono::milliseconds(1)}, on_progress, stop_.get_token(), deadline);
  }
  MigrationReport run() {
    const auto report = try_run();
    EXPECT_TRUE(report) << to_string(report.error());
    return report.value_or(MigrationReport());
  }

  // What is at the target of a record of the source: "same", "absent", or the difference.
  std::string at_target(const ImageRecord& record) {
    const auto source = sqlite_->find(record.image_id, soon());
    const auto target = target_sqlite_->find(record.image_id, soon());
    if (!target) return target.error().code == ErrorCode::NotFound ? "absent" : to_string(target.error());
    if (!source) return "only at the target";
    return describe(*target) == describe(*source) ? "same" : describe(*target);
  }
  std::vector<std::string> target_keys() {
    std::vector<std::string> keys;
    for (const BlobEntry& entry : target_memory_.entries()) keys.push_back(entry.key);
    return keys;
  }
  void put_at_target(const std::string& key, std::string_view bytes) {
    EXPECT_TRUE(target_memory_.remove(key, soon()));
    EXPECT_TRUE(target_memory_.put(key, as_bytes(bytes), {}, soon()));
  }
  // What a verification says of the target.
  VerificationReport verified_target() {
    FinishDeletion finish(*target_sqlite_, target_memory_, clock_, log_);
    const auto ignore = [](const VerifyProgress&) {};
    return *Verify(*target_sqlite_, target_memory_, finish, clock_, log_).run({.checksums = true}, ignore, {}, soon());
  }
  std::string logged() const {
    std::ifstream file(log_file_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  MemoryBlobStore target_memory_;
  FaultInjectingBlobStore target_blobs_{target_memory_};
  std::unique_ptr<SqliteMetadataStore> target_sqlite_ =
      std::move(*SqliteMetadataStore::open(directory_.path() / "target.db"));
  FaultInjectingMetadataStore target_metadata_{*target_sqlite_};
  const std::filesystem::path log_file_ = directory_.path() / "log";
  const UniqueFd log_descriptor_{::open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  const Logger logger_{LogLevel::Info, log_descriptor_.get()};
  int parallel_ = 8;
  std::vector<MigrateProgress> told_;  // as it was told
};

}  // namespace tintype::testing_support
