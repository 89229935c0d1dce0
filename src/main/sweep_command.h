#pragma once

#include "config/settings.h"

namespace tintype {

// `tintype sweep`: passes of service/sweep.h until nothing is due, and a JSON object of what they did on stdout.
// Servers may run on the same stores. Returns the exit code: 0; 1 if a store cannot be used; 2 if a deletion failed and
// is due again later.
int run_sweep_command(const config::Settings& settings);

}  // namespace tintype
