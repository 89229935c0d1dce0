#include "adapters/measured/measured_derivation_store.h"

namespace tintype {

MeasuredDerivationStore::MeasuredDerivationStore(DerivationStore& store, MetricsRegistry& metrics)
    : store_(store),
      finish_(metrics, "derivations", "finish"),
      give_up_(metrics, "derivations", "give_up"),
      due_(metrics, "derivations", "due"),
      postpone_(metrics, "derivations", "postpone") {}

Result<std::optional<ImageRecord>> MeasuredDerivationStore::finish(const ImageId& id, const Derivative& made,
                                                                   UnixTime now, Deadline deadline) {
  return finish_.time([&] { return store_.finish(id, made, now, deadline); });
}

Result<std::optional<ImageRecord>> MeasuredDerivationStore::give_up(const ImageId& id, std::int64_t version,
                                                                    const std::string& key, const std::string& error,
                                                                    UnixTime now, Deadline deadline) {
  return give_up_.time([&] { return store_.give_up(id, version, key, error, now, deadline); });
}

Result<std::vector<ImageRecord>> MeasuredDerivationStore::due(UnixTime now, int limit, Deadline deadline) {
  return due_.time([&] { return store_.due(now, limit, deadline); });
}

Result<bool> MeasuredDerivationStore::postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) {
  return postpone_.time([&] { return store_.postpone(seen, redrive_at, deadline); });
}

}  // namespace tintype
