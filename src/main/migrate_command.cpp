#include "main/migrate_command.h"

#include <unistd.h>

#include <cstdio>

#include "base/json_object.h"
#include "main/process_setup.h"
#include "main/progress_line.h"
#include "main/store_composition.h"
#include "service/migrate.h"

namespace tintype {
namespace {

constexpr int kExitFailed = 2;

// The stores at both ends.
struct Ends {
  Stores from;
  Stores to;
};

Result<Stores> open(MigrateCommandOptions::Stores which, const config::Settings& settings) {
  return which == MigrateCommandOptions::Stores::Embedded ? open_embedded_stores(settings)
                                                          : open_scale_stores(settings);
}

Result<Ends> open_both(const config::Settings& settings, const MigrateCommandOptions& options) {
  if (options.from == options.to) return fail(ErrorCode::ValidationFailed, "--from and --to are the same stores");
  auto from = open(options.from, settings);
  if (!from) return fail(from.error());
  auto to = open(options.to, settings);
  if (!to && options.to == MigrateCommandOptions::Stores::Embedded) {
    to.error().public_message += ", or make one with `tintype init --blobs filesystem --metadata sqlite`";
  }
  if (!to) return fail(to.error());
  return Ends{std::move(*from), std::move(*to)};
}

Result<MigrationReport> migrate(const Ends& ends, const MigrateCommandOptions& options, const Logger& log) {
  ProgressLine line;
  std::stop_source stop;
  const auto on_progress = [&](const MigrateProgress& progress) {
    line.show(progress.stage, progress.done, progress.of);
    if (wait_for_signal(std::chrono::milliseconds(0))) stop.request_stop();
  };
  return Migrate({*ends.from.metadata, *ends.from.blobs}, {*ends.to.metadata, *ends.to.blobs}, log)
      .run({.parallel = options.parallel}, on_progress, stop.get_token(), Deadline::never());
}

std::string as_json(const MigrationReport& report) {
  JsonObject object;
  object.add("records", report.records);
  object.add("copied", report.copied);
  object.add("unchanged", report.unchanged);
  object.add("gone", report.gone);
  object.add("failed", report.failed);
  object.add("blobs", report.blobs);
  object.add("bytes", static_cast<std::int64_t>(report.bytes));
  object.add("onlyAtTarget", report.only_at_target);
  return std::move(object).finish();
}

}  // namespace

int run_migrate_command(const config::Settings& settings, const MigrateCommandOptions& options) {
  const Logger log(settings.log_level, STDERR_FILENO);
  const auto ends = open_both(settings, options);
  if (!ends) {
    std::fprintf(stderr, "tintype: %s\n", ends.error().public_message.c_str());
    return 1;
  }
  const auto report = migrate(*ends, options, log);
  if (!report) {
    std::fprintf(stderr, "tintype: the migration was cut short, and can be run again: %s\n",
                 to_string(report.error()).c_str());
    return 1;
  }
  std::printf("%s\n", as_json(*report).c_str());
  return report->failed == 0 ? 0 : kExitFailed;
}

}  // namespace tintype
