#include "adapters/metadata_dynamodb/dynamodb_derivation_store.h"

#include "adapters/metadata_dynamodb/derivations.h"
#include "adapters/metadata_dynamodb/turns.h"

namespace tintype {

Result<std::optional<ImageRecord>> DynamoDbDerivationStore::finish(const ImageId& id, const Derivative& made,
                                                                   UnixTime now, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::finish(database_, id, made, now, deadline);
}

Result<std::optional<ImageRecord>> DynamoDbDerivationStore::give_up(const ImageId& id, std::int64_t version,
                                                                    const std::string& key, const std::string& error,
                                                                    UnixTime now, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::give_up(database_, id, version, key, error, now, deadline);
}

Result<std::vector<ImageRecord>> DynamoDbDerivationStore::due(UnixTime now, int limit, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::due_derivations(database_, now, limit, deadline);
}

Result<bool> DynamoDbDerivationStore::postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::postpone(database_, seen, redrive_at, deadline);
}

}  // namespace tintype
