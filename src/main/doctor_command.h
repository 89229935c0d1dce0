#pragma once

#include "config/settings.h"

namespace tintype {

// `tintype doctor`, as typed.
struct DoctorCommandOptions {
  bool json = false;  // --json
};

// Checks all that this installation uses, one thing after the other, and prints a table of what works, what does not
// and what to do, or with --json an array of objects. Servers may run on the same stores. SIGINT and SIGTERM end it
// once what was written is removed. Returns the exit code: 0 if nothing failed; 1 if it could not be done, as the
// settings are wrong, or was ended; 2 if a check failed.
int run_doctor_command(const config::Settings& settings, const DoctorCommandOptions& options);

}  // namespace tintype
