#include "adapters/metadata_sqlite/sqlite_metadata_store.h"

#include "adapters/metadata_sqlite/claims.h"
#include "adapters/metadata_sqlite/deletions.h"
#include "adapters/metadata_sqlite/record_reads.h"
#include "adapters/metadata_sqlite/record_writes.h"
#include "adapters/metadata_sqlite/references.h"
#include "adapters/metadata_sqlite/schema.h"

namespace tintype {

using sqlite::Connection;

Result<std::unique_ptr<SqliteMetadataStore>> SqliteMetadataStore::open(const std::filesystem::path& file,
                                                                       Options options) {
  auto writer = Connection::open_read_write(file, options.busy_timeout);
  if (!writer) return fail(writer.error());
  if (auto migrated = sqlite::migrate(**writer); !migrated) return fail(migrated.error());
  // The constructor is private.
  return std::unique_ptr<SqliteMetadataStore>(new SqliteMetadataStore(file, options, std::move(*writer)));
}

SqliteMetadataStore::SqliteMetadataStore(const std::filesystem::path& file, const Options& options,
                                         std::unique_ptr<Connection> writer)
    : busy_timeout_(options.busy_timeout),
      writes_(std::move(writer), options.writes),
      readers_(options.readers, [file] { return Connection::open_read_only(file); }) {}

template <typename T, typename Body>
Result<T> SqliteMetadataStore::read(Deadline deadline, const Body& body) {
  const auto too_late = [] {
    return fail(ErrorCode::DeadlineExceeded, "the metadata store took too long; try again later");
  };
  if (deadline.expired()) return too_late();
  auto reader = readers_.borrow(deadline);
  if (!reader && reader.error().code == ErrorCode::Overloaded) return too_late();  // none came free in time
  if (!reader) return fail(reader.error());
  (*reader)->set_busy_timeout(std::min(busy_timeout_, deadline.remaining()));
  return body(**reader);
}

template <typename T, typename Body>
Result<T> SqliteMetadataStore::write(Deadline deadline, const Body& body) {
  std::optional<T> value;
  const auto done = writes_.run(
      [&](Connection& connection) -> Result<void> {
        Result<T> result = body(connection);
        if (!result) return fail(result.error());
        value.emplace(std::move(*result));
        return {};
      },
      deadline);
  if (!done) return fail(done.error());
  return std::move(*value);
}

Result<ImageRecord> SqliteMetadataStore::find(const ImageId& id, Deadline deadline) {
  return read<ImageRecord>(deadline, [&](Connection& connection) { return sqlite::find_record(connection, id); });
}

Result<ListPage> SqliteMetadataStore::list(const ListQuery& query, Deadline deadline) {
  return read<ListPage>(deadline, [&](Connection& connection) { return sqlite::list_records(connection, query); });
}

Result<ImageRecord> SqliteMetadataStore::update_text(const ImageId& id, const ImageText& text,
                                                     std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                                     Deadline deadline) {
  return write<ImageRecord>(deadline, [&](Connection& connection) {
    return sqlite::update_text(connection, id, text, expected_version, updated_at);
  });
}

Result<ClaimOutcome> SqliteMetadataStore::claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) {
  return write<ClaimOutcome>(deadline, [&](Connection& connection) { return sqlite::claim(connection, wanted, now); });
}

Result<void> SqliteMetadataStore::renew(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return writes_.run([&](Connection& connection) { return sqlite::renew(connection, claim, due); }, deadline);
}

Result<void> SqliteMetadataStore::complete(const UploadClaim& claim, const ImageRecord& record,
                                           UnixTime remembered_until, Deadline deadline) {
  return writes_.run(
      [&](Connection& connection) { return sqlite::complete(connection, claim, record, remembered_until); }, deadline);
}

Result<void> SqliteMetadataStore::release(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return writes_.run([&](Connection& connection) { return sqlite::release(connection, claim, due); }, deadline);
}

Result<std::vector<UploadClaim>> SqliteMetadataStore::due_claims(UnixTime now, int limit, Deadline deadline) {
  return read<std::vector<UploadClaim>>(
      deadline, [&](Connection& connection) { return sqlite::due_claims(connection, now, limit); });
}

Result<std::optional<Deletion>> SqliteMetadataStore::expire(const UploadClaim& claim, UnixTime now, Deadline deadline) {
  return write<std::optional<Deletion>>(deadline,
                                        [&](Connection& connection) { return sqlite::expire(connection, claim, now); });
}

Result<Deletion> SqliteMetadataStore::begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) {
  return write<Deletion>(deadline, [&](Connection& connection) { return sqlite::begin_deletion(connection, id, now); });
}

Result<std::optional<Deletion>> SqliteMetadataStore::bury(const ImageId& id, std::span<const std::string> keys,
                                                          UnixTime now, Deadline deadline) {
  return write<std::optional<Deletion>>(
      deadline, [&](Connection& connection) { return sqlite::bury(connection, id, keys, now); });
}

Result<std::vector<Deletion>> SqliteMetadataStore::due_deletions(UnixTime now, int limit, Deadline deadline) {
  return read<std::vector<Deletion>>(
      deadline, [&](Connection& connection) { return sqlite::due_deletions(connection, now, limit); });
}

Result<void> SqliteMetadataStore::postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) {
  return writes_.run([&](Connection& connection) { return sqlite::postpone_deletion(connection, deletion, due); },
                     deadline);
}

Result<void> SqliteMetadataStore::finish_deletion(const Deletion& deletion, Deadline deadline) {
  return writes_.run([&](Connection& connection) { return sqlite::finish_deletion(connection, deletion); }, deadline);
}

Result<bool> SqliteMetadataStore::import_record(const ImageRecord& record, Deadline deadline) {
  return write<bool>(deadline, [&](Connection& connection) { return sqlite::import_record(connection, record); });
}

Result<std::vector<ImageRecord>> SqliteMetadataStore::records_after(const std::optional<ImageId>& after, int limit,
                                                                    Deadline deadline) {
  return read<std::vector<ImageRecord>>(
      deadline, [&](Connection& connection) { return sqlite::records_after(connection, after, limit); });
}

Result<std::vector<std::string>> SqliteMetadataStore::unreferenced(std::span<const std::string> keys,
                                                                   Deadline deadline) {
  return read<std::vector<std::string>>(deadline,
                                        [&](Connection& connection) { return sqlite::unreferenced(connection, keys); });
}

Result<void> SqliteMetadataStore::keep_verification(const VerificationReport& report, Deadline deadline) {
  return writes_.run([&](Connection& connection) { return sqlite::keep_verification(connection, report); }, deadline);
}

Result<std::optional<VerificationReport>> SqliteMetadataStore::last_verification(Deadline deadline) {
  return read<std::optional<VerificationReport>>(
      deadline, [&](Connection& connection) { return sqlite::last_verification(connection); });
}

Result<void> SqliteMetadataStore::check(Deadline deadline) {
  return read<void>(deadline, [](Connection& connection) { return sqlite::check(connection); });
}

}  // namespace tintype
