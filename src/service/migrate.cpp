// DESIGN
// A record is the unit of copying, and is copied last (migrate_record.cpp), so a run needs to remember nothing: it goes
// through all records of the source and asks the target for each. That costs one read for a record that has not
// changed. Rejected: a list of what is done, on disk (one more thing that may be wrong after a crash), and the times of
// the last run (clocks). Several records are on their way at once, since most of the time is spent waiting for a
// distant store.
#include "service/migrate.h"

#include "service/migrate_run.h"

namespace tintype {

Result<MigrationReport> Migrate::run(const MigrateOptions& options,
                                     const std::function<void(const MigrateProgress&)>& progress, std::stop_token stop,
                                     Deadline deadline) {
  MigrateRun run(source_, target_, options, progress, std::move(stop), deadline, log_);
  if (auto copied = run.copy_records(); !copied) return fail(copied.error());
  if (auto looked = run.look_for_others(); !looked) return fail(looked.error());
  return run.report();
}

}  // namespace tintype
