#pragma once

#include <chrono>

#include "config/settings.h"

namespace tintype {

// `tintype verify`, as typed.
struct VerifyCommandOptions {
  bool repair = false;                                      // --repair
  bool checksums = false;                                   // --checksums
  double sample_percent = 100;                              // --sample, above 0 and up to 100
  std::chrono::milliseconds grace = std::chrono::hours(1);  // --grace
};

// A run of service/verify.h, with its progress on stderr if that is a terminal, and a JSON object of what it has found
// on stdout. Servers may run on the same stores. SIGINT and SIGTERM end it. Returns the exit code: 0 if all is well; 1
// if it could not be done or was ended; 2 if files are missing, corrupt, or orphaned and not repaired.
int run_verify_command(const config::Settings& settings, const VerifyCommandOptions& options);

}  // namespace tintype
