#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "ports/derivation_store.h"

namespace tintype::sqlite {

// Results and errors are those of DerivationStore's methods of the same name; `announce` as in add_event. What writes
// takes several statements: call within a transaction, and roll back to where it began if it fails.
Result<std::optional<ImageRecord>> finish_derivation(Connection& connection, const ImageId& id, const Derivative& made,
                                                     UnixTime now, bool announce);
Result<std::optional<ImageRecord>> give_up_derivation(Connection& connection, const ImageId& id, std::int64_t version,
                                                      const std::string& key, const std::string& error, UnixTime now,
                                                      bool announce);
Result<std::vector<ImageRecord>> due_derivations(Connection& connection, UnixTime now, int limit);
Result<bool> postpone_derivation(Connection& connection, const ImageRecord& seen, UnixTime redrive_at);

}  // namespace tintype::sqlite
