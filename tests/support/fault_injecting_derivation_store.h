#pragma once

#include <optional>
#include <vector>

#include "ports/derivation_store.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class DerivationOperation { Finish, GiveUp, Due, Postpone };

// Forwards to another DerivationStore, and makes chosen calls fail, wait, or meet something that happens just then.
// FaultTime::After breaks the port's promise that a failed write has not happened, as a crash or a lost answer would.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingDerivationStore final : public DerivationStore, public FaultPoints<DerivationOperation, 4> {
 public:
  explicit FaultInjectingDerivationStore(DerivationStore& store) : store_(store) {}

  Result<std::optional<ImageRecord>> finish(const ImageId& id, const Derivative& made, UnixTime now,
                                            Deadline deadline) override {
    return around(DerivationOperation::Finish, id.text(), [&] { return store_.finish(id, made, now, deadline); });
  }
  Result<std::optional<ImageRecord>> give_up(const ImageId& id, std::int64_t version, const std::string& key,
                                             const std::string& error, UnixTime now, Deadline deadline) override {
    return around(DerivationOperation::GiveUp, id.text(),
                  [&] { return store_.give_up(id, version, key, error, now, deadline); });
  }
  Result<std::vector<ImageRecord>> due(UnixTime now, int limit, Deadline deadline) override {
    return around(DerivationOperation::Due, {}, [&] { return store_.due(now, limit, deadline); });
  }
  Result<bool> postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) override {
    return around(DerivationOperation::Postpone, seen.image_id.text(),
                  [&] { return store_.postpone(seen, redrive_at, deadline); });
  }

 private:
  DerivationStore& store_;
};

}  // namespace tintype::testing_support
