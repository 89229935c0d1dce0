#include <cstdio>
#include <exception>

#include "main/advise_command.h"
#include "main/command_line.h"
#include "main/doctor_command.h"
#include "main/init_command.h"
#include "main/migrate_command.h"
#include "main/process_setup.h"
#include "main/quarantine_command.h"
#include "main/serve_command.h"
#include "main/sweep_command.h"
#include "main/token_command.h"
#include "main/verify_command.h"

namespace tintype {
namespace {

int run(int argc, char** argv) {
  const ParsedCommandLine parsed = parse_command_line(argc, argv);
  if (!parsed.command_line) return parsed.exit_code;
  const CommandLine& line = *parsed.command_line;
  auto loaded = config::load(line.inputs);
  if (!loaded) {
    std::fprintf(stderr, "tintype: %s\n", loaded.error().public_message.c_str());
    return 1;
  }
  switch (line.command) {
    case CommandLine::Command::Token:
      return run_token_command(loaded->settings, line.token_user, std::chrono::seconds(line.token_ttl));
    case CommandLine::Command::Quarantine:
      return run_quarantine_command(loaded->settings, line.quarantine);
    case CommandLine::Command::Init:
      return run_init_command(loaded->settings);
    case CommandLine::Command::Sweep:
      return run_sweep_command(loaded->settings);
    case CommandLine::Command::Verify:
      return run_verify_command(loaded->settings, line.verify);
    case CommandLine::Command::Migrate:
      return run_migrate_command(loaded->settings, line.migrate);
    case CommandLine::Command::Jobs:
      return run_jobs_command(loaded->settings, line.jobs);
    case CommandLine::Command::Rederive:
      return run_rederive_command(loaded->settings, line.rederive);
    case CommandLine::Command::Doctor:
      return run_doctor_command(loaded->settings, line.doctor);
    case CommandLine::Command::Advise:
      return run_advise_command(loaded->settings, line.advise);
    case CommandLine::Command::Config:
      std::printf("%s", config::effective_settings(*loaded).c_str());
      return 0;
    case CommandLine::Command::Serve:
      break;
  }
  return run_serve_command(loaded->settings);
}

}  // namespace
}  // namespace tintype

int main(int argc, char** argv) {
  try {
    tintype::set_up_process();
    return tintype::run(argc, argv);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "tintype: %s\n", exception.what());
    return 1;
  }
}
