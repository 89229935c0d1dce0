#pragma once

#include <memory>

#include "adapters/embedded_database/embedded_database.h"
#include "ports/event_log.h"

namespace tintype {

// The event log in tintype.db, whose writing side is in SqliteMetadataStore and SqliteDerivationStore.
class SqliteEventLog final : public EventLog {
 public:
  // Shares the database with the other sides of the store.
  explicit SqliteEventLog(std::shared_ptr<sqlite::EmbeddedDatabase> database) : database_(std::move(database)) {}

  Result<std::vector<ImageEvent>> events_after(const UserId& user, const std::string& after, int limit,
                                               Deadline deadline) override;
  Result<std::vector<ImageEvent>> unannounced(int limit, Deadline deadline) override;
  Result<void> mark_announced(std::span<const ImageEvent> events, Deadline deadline) override;
  Result<int> forget(UnixTime before, int limit, Deadline deadline) override;

 private:
  const std::shared_ptr<sqlite::EmbeddedDatabase> database_;
};

}  // namespace tintype
