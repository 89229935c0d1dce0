#pragma once

#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"
#include "ports/derivation_store.h"

namespace tintype {

// The DerivationStore over the records of a DynamoDbMetadataStore. `due` reads an index that follows the table with a
// delay, as due_deletions of that store does.
class DynamoDbDerivationStore final : public DerivationStore {
 public:
  // `store` must outlive it.
  explicit DynamoDbDerivationStore(DynamoDbMetadataStore& store) : database_(store.database()) {}

  Result<std::optional<ImageRecord>> finish(const ImageId& id, const Derivative& made, UnixTime now,
                                            Deadline deadline) override;
  Result<std::optional<ImageRecord>> give_up(const ImageId& id, std::int64_t version, const std::string& key,
                                             const std::string& error, UnixTime now, Deadline deadline) override;
  Result<std::vector<ImageRecord>> due(UnixTime now, int limit, Deadline deadline) override;
  Result<bool> postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) override;

 private:
  dynamodb::Database& database_;
};

}  // namespace tintype
