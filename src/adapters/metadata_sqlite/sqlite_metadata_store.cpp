#include "adapters/metadata_sqlite/sqlite_metadata_store.h"

#include "adapters/metadata_sqlite/claims.h"
#include "adapters/metadata_sqlite/deletions.h"
#include "adapters/metadata_sqlite/events.h"
#include "adapters/metadata_sqlite/record_reads.h"
#include "adapters/metadata_sqlite/record_writes.h"
#include "adapters/metadata_sqlite/references.h"
#include "adapters/queue_sqlite/job_table.h"
#include "model/jobs/job.h"

namespace tintype {

using sqlite::Connection;

Result<std::unique_ptr<SqliteMetadataStore>> SqliteMetadataStore::open(const std::filesystem::path& file) {
  auto database = sqlite::EmbeddedDatabase::open(file);
  if (!database) return fail(database.error());
  return std::make_unique<SqliteMetadataStore>(std::move(*database), Options{});
}

Result<ImageRecord> SqliteMetadataStore::find(const ImageId& id, Deadline deadline) {
  return database_->read<ImageRecord>(deadline,
                                      [&](Connection& connection) { return sqlite::find_record(connection, id); });
}

Result<ListPage> SqliteMetadataStore::list(const ListQuery& query, Deadline deadline) {
  return database_->read<ListPage>(deadline,
                                   [&](Connection& connection) { return sqlite::list_records(connection, query); });
}

Result<ImageRecord> SqliteMetadataStore::update_text(const ImageId& id, const ImageText& text,
                                                     std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                                     Deadline deadline) {
  return database_->write<ImageRecord>(deadline, [&](Connection& connection) {
    return sqlite::update_text(connection, id, text, expected_version, updated_at);
  });
}

Result<ClaimOutcome> SqliteMetadataStore::claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) {
  return database_->write<ClaimOutcome>(deadline,
                                        [&](Connection& connection) { return sqlite::claim(connection, wanted, now); });
}

Result<void> SqliteMetadataStore::renew(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return database_->write<void>(deadline,
                                [&](Connection& connection) { return sqlite::renew(connection, claim, due); });
}

Result<void> SqliteMetadataStore::complete(const UploadClaim& claim, const ImageRecord& record,
                                           UnixTime remembered_until, Deadline deadline) {
  const bool pushes = options_.push_jobs && record.status == ProcessingStatus::Processing;
  auto completed = database_->write<void>(deadline, [&](Connection& connection) -> Result<void> {
    if (auto done = sqlite::complete(connection, claim, record, remembered_until); !done) return done;
    if (auto told = sqlite::add_event(connection, upload_event(record), options_.announce_events); !told) return told;
    return pushes ? sqlite::push_job(connection, new_job(thumbnail_job(record)), record.uploaded_at) : Result<void>();
  });
  if (completed && pushes) database_->jobs_pushed().give();
  return completed;
}

Result<void> SqliteMetadataStore::release(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return database_->write<void>(deadline,
                                [&](Connection& connection) { return sqlite::release(connection, claim, due); });
}

Result<std::vector<UploadClaim>> SqliteMetadataStore::due_claims(UnixTime now, int limit, Deadline deadline) {
  return database_->read<std::vector<UploadClaim>>(
      deadline, [&](Connection& connection) { return sqlite::due_claims(connection, now, limit); });
}

Result<std::optional<Deletion>> SqliteMetadataStore::expire(const UploadClaim& claim, UnixTime now, Deadline deadline) {
  return database_->write<std::optional<Deletion>>(
      deadline, [&](Connection& connection) { return sqlite::expire(connection, claim, now); });
}

Result<Deletion> SqliteMetadataStore::begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) {
  return database_->write<Deletion>(deadline, [&](Connection& connection) {
    return sqlite::begin_deletion(connection, id, now, options_.announce_events);
  });
}

Result<std::optional<Deletion>> SqliteMetadataStore::bury(const ImageId& id, std::span<const std::string> keys,
                                                          UnixTime now, Deadline deadline) {
  return database_->write<std::optional<Deletion>>(
      deadline, [&](Connection& connection) { return sqlite::bury(connection, id, keys, now); });
}

Result<std::vector<Deletion>> SqliteMetadataStore::due_deletions(UnixTime now, int limit, Deadline deadline) {
  return database_->read<std::vector<Deletion>>(
      deadline, [&](Connection& connection) { return sqlite::due_deletions(connection, now, limit); });
}

Result<void> SqliteMetadataStore::postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) {
  return database_->write<void>(
      deadline, [&](Connection& connection) { return sqlite::postpone_deletion(connection, deletion, due); });
}

Result<void> SqliteMetadataStore::finish_deletion(const Deletion& deletion, Deadline deadline) {
  return database_->write<void>(deadline,
                                [&](Connection& connection) { return sqlite::finish_deletion(connection, deletion); });
}

Result<bool> SqliteMetadataStore::import_record(const ImageRecord& record, Deadline deadline) {
  return database_->write<bool>(deadline,
                                [&](Connection& connection) { return sqlite::import_record(connection, record); });
}

Result<std::vector<ImageRecord>> SqliteMetadataStore::records_after(const std::optional<ImageId>& after, int limit,
                                                                    Deadline deadline) {
  return database_->read<std::vector<ImageRecord>>(
      deadline, [&](Connection& connection) { return sqlite::records_after(connection, after, limit); });
}

Result<std::vector<std::string>> SqliteMetadataStore::unreferenced(std::span<const std::string> keys,
                                                                   Deadline deadline) {
  return database_->read<std::vector<std::string>>(
      deadline, [&](Connection& connection) { return sqlite::unreferenced(connection, keys); });
}

Result<void> SqliteMetadataStore::keep_verification(const VerificationReport& report, Deadline deadline) {
  return database_->write<void>(deadline,
                                [&](Connection& connection) { return sqlite::keep_verification(connection, report); });
}

Result<std::optional<VerificationReport>> SqliteMetadataStore::last_verification(Deadline deadline) {
  return database_->read<std::optional<VerificationReport>>(
      deadline, [&](Connection& connection) { return sqlite::last_verification(connection); });
}

Result<void> SqliteMetadataStore::check(Deadline deadline) {
  return database_->read<void>(deadline, [](Connection& connection) { return sqlite::check(connection); });
}

}  // namespace tintype
