#pragma once

#include <optional>
#include <string_view>

#include "adapters/aws/credentials.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype::aws {

// One of the places where credentials can be found.
//
// Thread safety: fetch is called by one thread at a time.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  // "the environment", for messages.
  virtual std::string_view name() const = 0;

  // Those that are there now; nullopt if there are none in this place, so that the next one is asked. Blocks until
  // `deadline` at the longest. Errors, which end the search: StoreUnavailable if there must be some but they cannot be
  // got or are malformed; DeadlineExceeded.
  virtual Result<std::optional<Credentials>> fetch(Deadline deadline) = 0;
};

}  // namespace tintype::aws
