#pragma once

#include <string>

#include "config/settings.h"

namespace tintype {

struct RederiveCommandOptions {
  std::string recipe = "thumbnail";
  int older_than = 1;
  double per_second = 20;
};

// `tintype rederive`: service/rederive.h over all images, with progress on stderr if that is a terminal, and a JSON
// object of what it did on stdout. Whoever does jobs does the work. Returns the exit code: 0; 1 if there is no such
// recipe or version, a store cannot be used, or it was interrupted.
int run_rederive_command(const config::Settings& settings, const RederiveCommandOptions& options);

}  // namespace tintype
