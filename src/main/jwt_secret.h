#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tintype {

// The secret that tokens are signed with when none is configured: kept in <data_dir>/jwt_secret, mode 0600, made when
// it is first needed. Two processes that start at the same time agree on one. Error: StoreUnavailable.
Result<std::string> generated_jwt_secret(const std::filesystem::path& data_dir);

}  // namespace tintype
