#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/integration/server_process.h"

namespace tintype::testing_support {

// A command that has run to its end.
struct ProgramRun {
  int code = -1;  // -1: a signal ended it, perhaps ours after 60 seconds
  std::string output;
  std::string error;
};

// With the stores that go with its --data-dir (stores_under_test.h), unless `environment` names others.
ProgramRun run_program(const std::vector<std::string>& words, std::map<std::string, std::string> environment = {});

}  // namespace tintype::testing_support
