// Any bytes as a settings file: reading it and loading what it says neither crash nor hang, an error speaks of a line
// or a setting, and settings that load are written as a file that loads to the same settings.
#include <cstdlib>

#include "config/settings.h"

namespace {

using tintype::config::Assignment;
using tintype::config::Inputs;
using tintype::config::Loaded;

// Inputs that name no other file, so that a run depends on nothing but its bytes.
Inputs as_flags(const std::vector<Assignment>& assignments) {
  Inputs inputs;
  for (const Assignment& assignment : assignments) {
    if (assignment.name != "config" && assignment.name != "jwt-secret-file") inputs.flags.push_back(assignment);
  }
  return inputs;
}

Inputs as_environment(const std::vector<Assignment>& assignments) {
  Inputs inputs;
  for (const Assignment& assignment : assignments) {
    const std::string name = tintype::config::environment_name(assignment.name);
    if (name == "TINTYPE_CONFIG" || name == "TINTYPE_JWT_SECRET_FILE") continue;
    inputs.environment.push_back(name + "=" + assignment.value);
  }
  return inputs;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check_written_settings_load_again(const Loaded& loaded) {
  const auto written = tintype::config::parse_settings_file(tintype::config::effective_settings(loaded));
  require(written.has_value());
  auto again = tintype::config::load(as_flags(*written));
  require(again.has_value());
  again->settings.jwt_secret = loaded.settings.jwt_secret;  // never written
  require(again->settings == loaded.settings);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto assignments = tintype::config::parse_settings_file({reinterpret_cast<const char*>(data), size});
  if (!assignments) {
    require(assignments.error().public_message.starts_with("line "));
    return 0;
  }
  for (const Inputs& inputs : {as_flags(*assignments), as_environment(*assignments)}) {
    const auto loaded = tintype::config::load(inputs);
    if (loaded) check_written_settings_load_again(*loaded);
    if (!loaded) require(!loaded.error().public_message.empty());
  }
  return 0;
}
