#pragma once

#include "config/settings.h"

namespace tintype {

// `tintype serve`: runs until SIGTERM or SIGINT, then drains. Returns the exit code: 0 after a drain, 1 if the service
// could not start. A second signal ends the process at once.
int run_serve_command(const config::Settings& settings);

}  // namespace tintype
