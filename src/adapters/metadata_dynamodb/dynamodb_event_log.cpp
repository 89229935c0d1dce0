#include "adapters/metadata_dynamodb/dynamodb_event_log.h"

#include "adapters/metadata_dynamodb/events.h"
#include "adapters/metadata_dynamodb/turns.h"

namespace tintype {

Result<std::vector<ImageEvent>> DynamoDbEventLog::events_after(const UserId& user, const std::string& after, int limit,
                                                               Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::events_after(database_, user, after, limit, deadline);
}

Result<std::vector<ImageEvent>> DynamoDbEventLog::unannounced(int limit, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::unannounced(database_, limit, deadline);
}

Result<void> DynamoDbEventLog::mark_announced(std::span<const ImageEvent> events, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return checked;
  return dynamodb::mark_announced(database_, events, deadline);
}

Result<int> DynamoDbEventLog::forget(UnixTime before, int limit, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::forget(database_, before, limit, deadline);
}

}  // namespace tintype
