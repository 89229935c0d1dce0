#pragma once

#include <string>

#include "config/settings.h"

namespace tintype {

// `tintype advise`, as typed.
struct AdviseCommandOptions {
  std::string url;    // --url, of the server; empty: the one that the settings describe
  bool json = false;  // --json
};

// Asks a running server for its numbers, and prints on stdout which optimizations are worth turning on. Returns the
// exit code: 1 if the server cannot be read.
int run_advise_command(const config::Settings& settings, const AdviseCommandOptions& options);

}  // namespace tintype
