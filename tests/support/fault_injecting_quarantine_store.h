#pragma once

#include <optional>
#include <vector>

#include "ports/quarantine_store.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class QuarantineOperation { AddStrike, Find, List, Forget };

// Forwards to another QuarantineStore, and makes chosen calls fail, wait, or meet something that happens just then.
// FaultTime::After breaks the port's promise that a failed write has not happened, as a crash or a lost answer would.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingQuarantineStore final : public QuarantineStore, public FaultPoints<QuarantineOperation, 4> {
 public:
  explicit FaultInjectingQuarantineStore(QuarantineStore& store) : store_(store) {}

  Result<QuarantineEntry> add_strike(std::string_view content_sha256, std::string_view reason, UnixTime now,
                                     UnixTime expires, Deadline deadline) override {
    return around(QuarantineOperation::AddStrike, content_sha256,
                  [&] { return store_.add_strike(content_sha256, reason, now, expires, deadline); });
  }
  Result<std::optional<QuarantineEntry>> find(std::string_view content_sha256, UnixTime now,
                                              Deadline deadline) override {
    return around(QuarantineOperation::Find, content_sha256,
                  [&] { return store_.find(content_sha256, now, deadline); });
  }
  Result<std::vector<QuarantineEntry>> list(UnixTime now, int limit, Deadline deadline) override {
    return around(QuarantineOperation::List, {}, [&] { return store_.list(now, limit, deadline); });
  }
  Result<bool> forget(std::string_view content_sha256, Deadline deadline) override {
    return around(QuarantineOperation::Forget, content_sha256, [&] { return store_.forget(content_sha256, deadline); });
  }

 private:
  QuarantineStore& store_;
};

}  // namespace tintype::testing_support
