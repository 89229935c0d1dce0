#include "adapters/metadata_sqlite/sqlite_derivation_store.h"

#include "adapters/metadata_sqlite/derivations.h"

namespace tintype {

using sqlite::Connection;
using MaybeRecord = std::optional<ImageRecord>;

Result<MaybeRecord> SqliteDerivationStore::finish(const ImageId& id, const Derivative& made, UnixTime now,
                                                  Deadline deadline) {
  return database_->write<MaybeRecord>(deadline, [&](Connection& connection) {
    return sqlite::finish_derivation(connection, id, made, now, announce_events_);
  });
}

Result<MaybeRecord> SqliteDerivationStore::give_up(const ImageId& id, std::int64_t version, const std::string& key,
                                                   const std::string& error, UnixTime now, Deadline deadline) {
  return database_->write<MaybeRecord>(deadline, [&](Connection& connection) {
    return sqlite::give_up_derivation(connection, id, version, key, error, now, announce_events_);
  });
}

Result<std::vector<ImageRecord>> SqliteDerivationStore::due(UnixTime now, int limit, Deadline deadline) {
  return database_->read<std::vector<ImageRecord>>(
      deadline, [&](Connection& connection) { return sqlite::due_derivations(connection, now, limit); });
}

Result<bool> SqliteDerivationStore::postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) {
  return database_->write<bool>(
      deadline, [&](Connection& connection) { return sqlite::postpone_derivation(connection, seen, redrive_at); });
}

}  // namespace tintype
