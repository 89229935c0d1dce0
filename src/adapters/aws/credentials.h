#pragma once

#include <optional>
#include <string>

#include "base/time_format.h"

namespace tintype::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  // empty for keys that do not expire
  std::optional<UnixTime> expires_at = {};

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

}  // namespace tintype::aws
