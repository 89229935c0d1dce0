#include "main/verify_command.h"

#include <unistd.h>

#include <cstdio>

#include "adapters/system_clock/system_clock.h"
#include "base/json_object.h"
#include "main/process_setup.h"
#include "main/progress_line.h"
#include "main/store_composition.h"
#include "service/verify.h"

namespace tintype {
namespace {

constexpr int kExitWrong = 2;

Result<VerificationReport> verify(Stores& stores, const VerifyCommandOptions& options, const Logger& log) {
  const SystemClock clock;
  FinishDeletion finish(*stores.metadata, *stores.blobs, clock, log);
  ProgressLine line;
  std::stop_source stop;
  const auto on_progress = [&](const VerifyProgress& progress) {
    line.show(progress.stage, progress.done, progress.of);
    if (wait_for_signal(std::chrono::milliseconds(0))) stop.request_stop();
  };
  return Verify(*stores.metadata, *stores.blobs, finish, clock, log)
      .run({.sample_percent = options.sample_percent,
            .checksums = options.checksums,
            .repair = options.repair,
            .grace = options.grace},
           on_progress, stop.get_token(), Deadline::never());
}

std::string as_json(const VerificationReport& report) {
  JsonObject object;
  object.add("blobs", report.blobs);
  object.add("records", report.records);
  object.add("orphanedFiles", report.orphaned_files);
  object.add("missingFiles", report.missing_files);
  object.add("corruptFiles", report.corrupt_files);
  object.add("unknownFiles", report.unknown_files);
  object.add("repaired", report.repaired);
  object.add("samplePercent", report.sample_percent);
  return std::move(object).finish();
}

}  // namespace

int run_verify_command(const config::Settings& settings, const VerifyCommandOptions& options) {
  const Logger log(settings.log_level, STDERR_FILENO);
  auto stores = open_existing_stores(settings);
  if (!stores) {
    std::fprintf(stderr, "tintype: %s\n", stores.error().public_message.c_str());
    return 1;
  }
  const auto report = verify(*stores, options, log);
  if (!report) {
    std::fprintf(stderr, "tintype: the verification was cut short: %s\n", to_string(report.error()).c_str());
    return 1;
  }
  std::printf("%s\n", as_json(*report).c_str());
  return report->is_clean() ? 0 : kExitWrong;
}

}  // namespace tintype
