#pragma once

#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"
#include "ports/event_log.h"

namespace tintype {

// The EventLog of a DynamoDbMetadataStore. `unannounced` and `forget` read an index that follows the table with a
// delay: they may not see yet what was just written. DynamoDB also removes events after a month, by their `ttl`, where
// that is switched on for the table.
class DynamoDbEventLog final : public EventLog {
 public:
  // `store` must outlive it.
  explicit DynamoDbEventLog(DynamoDbMetadataStore& store) : database_(store.database()) {}

  Result<std::vector<ImageEvent>> events_after(const UserId& user, const std::string& after, int limit,
                                               Deadline deadline) override;
  Result<std::vector<ImageEvent>> unannounced(int limit, Deadline deadline) override;
  Result<void> mark_announced(std::span<const ImageEvent> events, Deadline deadline) override;
  Result<int> forget(UnixTime before, int limit, Deadline deadline) override;

 private:
  dynamodb::Database& database_;
};

}  // namespace tintype
