#pragma once

#include <optional>
#include <string>

#include "config/settings.h"
#include "main/advise_command.h"
#include "main/doctor_command.h"
#include "main/jobs_command.h"
#include "main/migrate_command.h"
#include "main/quarantine_command.h"
#include "main/rederive_command.h"
#include "main/verify_command.h"

namespace tintype {

// What the user typed.
struct CommandLine {
  enum class Command { Serve, Token, Config, Quarantine, Init, Sweep, Verify, Migrate, Jobs, Rederive, Doctor, Advise };
  Command command = Command::Serve;
  config::Inputs inputs;            // flags, and the file if --config names one
  std::string token_user;           // token --user
  std::int64_t token_ttl = 86'400;  // token --ttl, seconds
  QuarantineOptions quarantine;
  VerifyCommandOptions verify;
  MigrateCommandOptions migrate;
  JobsCommandOptions jobs;
  RederiveCommandOptions rederive;
  DoctorCommandOptions doctor;
  AdviseCommandOptions advise;
};

// Prints help, version or the error and gives the exit code if there is nothing to run.
struct ParsedCommandLine {
  std::optional<CommandLine> command_line;
  int exit_code = 0;
};
ParsedCommandLine parse_command_line(int argc, char** argv);

}  // namespace tintype
