#pragma once

#include <string>

#include "config/settings.h"

namespace tintype {

// `tintype token`: prints a token for `user` on stdout. Returns the exit code.
int run_token_command(const config::Settings& settings, const std::string& user, std::chrono::seconds ttl);

}  // namespace tintype
