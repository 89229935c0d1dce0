#pragma once

#include <filesystem>
#include <memory>

#include "adapters/embedded_database/embedded_database.h"
#include "ports/metadata_store.h"

namespace tintype {

// The metadata in tintype.db (adapters/embedded_database).
class SqliteMetadataStore final : public MetadataStore {
 public:
  struct Options {
    bool push_jobs = false;        // of records that are processing, into the queue in the same file
    bool announce_events = false;  // as EventLog::unannounced says
  };

  // Shares the database with the other sides of the store, and with the queue.
  SqliteMetadataStore(std::shared_ptr<sqlite::EmbeddedDatabase> database, Options options)
      : database_(std::move(database)), options_(options) {}

  // With a database of its own. Errors: those of EmbeddedDatabase::open.
  static Result<std::unique_ptr<SqliteMetadataStore>> open(const std::filesystem::path& file);

  const std::shared_ptr<sqlite::EmbeddedDatabase>& database() const { return database_; }

  Result<ImageRecord> find(const ImageId& id, Deadline deadline) override;
  Result<ListPage> list(const ListQuery& query, Deadline deadline) override;
  Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                  std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                  Deadline deadline) override;
  Result<ClaimOutcome> claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) override;
  Result<void> renew(const UploadClaim& claim, UnixTime due, Deadline deadline) override;
  Result<void> complete(const UploadClaim& claim, const ImageRecord& record, UnixTime remembered_until,
                        Deadline deadline) override;
  Result<void> release(const UploadClaim& claim, UnixTime due, Deadline deadline) override;
  Result<std::vector<UploadClaim>> due_claims(UnixTime now, int limit, Deadline deadline) override;
  Result<std::optional<Deletion>> expire(const UploadClaim& claim, UnixTime now, Deadline deadline) override;
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override;
  Result<std::optional<Deletion>> bury(const ImageId& id, std::span<const std::string> keys, UnixTime now,
                                       Deadline deadline) override;
  Result<std::vector<Deletion>> due_deletions(UnixTime now, int limit, Deadline deadline) override;
  Result<void> postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) override;
  Result<void> finish_deletion(const Deletion& deletion, Deadline deadline) override;
  Result<bool> import_record(const ImageRecord& record, Deadline deadline) override;
  Result<std::vector<ImageRecord>> records_after(const std::optional<ImageId>& after, int limit,
                                                 Deadline deadline) override;
  Result<std::vector<std::string>> unreferenced(std::span<const std::string> keys, Deadline deadline) override;
  Result<void> keep_verification(const VerificationReport& report, Deadline deadline) override;
  Result<std::optional<VerificationReport>> last_verification(Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  const std::shared_ptr<sqlite::EmbeddedDatabase> database_;
  const Options options_;
};

}  // namespace tintype
