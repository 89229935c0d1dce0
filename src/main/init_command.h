#pragma once

#include "config/settings.h"

namespace tintype {

// `tintype init`: makes what the service needs and does not have. Done again it does nothing. Returns the exit code.
int run_init_command(const config::Settings& settings);

}  // namespace tintype
