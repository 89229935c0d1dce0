#include "tests/integration/program_run.h"

#include <csignal>

#include "tests/integration/stores_under_test.h"

namespace tintype::testing_support {

ProgramRun run_program(const std::vector<std::string>& words, std::map<std::string, std::string> environment) {
  const auto data_dir = std::ranges::find(words, "--data-dir");
  if (words.end() - data_dir > 1) environment.merge(stores_under_test(data_dir[1]));
  ChildProcess process(words, environment);
  ProgramRun run;
  const auto ended = process.wait(std::chrono::seconds(60));
  if (ended) run.code = ended->code;
  if (!ended) process.signal(SIGKILL);
  process.wait_for_end_of_output();
  run.output = process.standard_output();
  run.error = process.standard_error();
  return run;
}

}  // namespace tintype::testing_support
