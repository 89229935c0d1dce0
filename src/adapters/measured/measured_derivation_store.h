#pragma once

#include "adapters/measured/operation_timer.h"
#include "ports/derivation_store.h"

namespace tintype {

// Forwards every call to another store and times it.
class MeasuredDerivationStore final : public DerivationStore {
 public:
  // Both must outlive it.
  MeasuredDerivationStore(DerivationStore& store, MetricsRegistry& metrics);

  Result<std::optional<ImageRecord>> finish(const ImageId& id, const Derivative& made, UnixTime now,
                                            Deadline deadline) override;
  Result<std::optional<ImageRecord>> give_up(const ImageId& id, std::int64_t version, const std::string& key,
                                             const std::string& error, UnixTime now, Deadline deadline) override;
  Result<std::vector<ImageRecord>> due(UnixTime now, int limit, Deadline deadline) override;
  Result<bool> postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) override;

 private:
  DerivationStore& store_;
  const OperationTimer finish_;
  const OperationTimer give_up_;
  const OperationTimer due_;
  const OperationTimer postpone_;
};

}  // namespace tintype
