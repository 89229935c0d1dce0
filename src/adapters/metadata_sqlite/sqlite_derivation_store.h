#pragma once

#include <memory>

#include "adapters/embedded_database/embedded_database.h"
#include "ports/derivation_store.h"

namespace tintype {

// Derivations of the records in tintype.db.
class SqliteDerivationStore final : public DerivationStore {
 public:
  // Shares the database with the other sides of the store; `announce_events` is theirs too.
  SqliteDerivationStore(std::shared_ptr<sqlite::EmbeddedDatabase> database, bool announce_events)
      : database_(std::move(database)), announce_events_(announce_events) {}

  Result<std::optional<ImageRecord>> finish(const ImageId& id, const Derivative& made, UnixTime now,
                                            Deadline deadline) override;
  Result<std::optional<ImageRecord>> give_up(const ImageId& id, std::int64_t version, const std::string& key,
                                             const std::string& error, UnixTime now, Deadline deadline) override;
  Result<std::vector<ImageRecord>> due(UnixTime now, int limit, Deadline deadline) override;
  Result<bool> postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) override;

 private:
  const std::shared_ptr<sqlite::EmbeddedDatabase> database_;
  const bool announce_events_;
};

}  // namespace tintype
