#pragma once

#include <filesystem>
#include <string>

#include "config/settings.h"

namespace tintype {

// `tintype quarantine`, as typed.
struct QuarantineOptions {
  std::string forget;  // --forget, a hash; empty: print the list
  bool json = false;   // --json
  int limit = 100;     // --limit, entries to print
};

// Where the server keeps its quarantine list.
std::filesystem::path quarantine_file(const std::filesystem::path& data_dir);

// Prints the list on stdout, or takes one off it; a server may run on the same data directory. Returns the exit code: 1
// if what was to be forgotten was not on the list. Never creates the file.
int run_quarantine_command(const config::Settings& settings, const QuarantineOptions& options);

}  // namespace tintype
