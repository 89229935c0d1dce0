#pragma once

#include "config/settings.h"

namespace tintype {

struct JobsCommandOptions {
  bool dead = false;     // print the dead letters
  bool redrive = false;  // make jobs of them again
  int limit = 100;       // of both
  bool json = false;
};

// `tintype jobs`: does jobs until SIGTERM, as servers do with jobs=embedded; or prints dead letters, or makes jobs of
// them again. Returns the exit code: 0; 1 if a store or the queue cannot be used.
int run_jobs_command(const config::Settings& settings, const JobsCommandOptions& options);

}  // namespace tintype
