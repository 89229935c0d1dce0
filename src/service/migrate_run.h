#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/bounded_executor.h"
#include "service/migrate.h"

namespace tintype {

// One run of Migrate: the two stages, several records at a time, and what they count. Its public methods are for one
// thread.
class MigrateRun {
 public:
  MigrateRun(const StorePair& source, const StorePair& target, const MigrateOptions& options,
             const std::function<void(const MigrateProgress&)>& progress, std::stop_token stop, Deadline deadline,
             const Logger& log);

  Result<void> copy_records();
  Result<void> look_for_others();
  // When both have ended.
  const MigrationReport& report() const { return report_; }

 private:
  using Work = std::function<void(const ImageRecord&)>;

  // Does `work` with every record of the store, in threads of its own; returns when all of it has ended.
  Result<void> for_each_record(MetadataStore& metadata, MigrateProgress progress, const Work& work);
  Result<void> start_all(MetadataStore& metadata, MigrateProgress& progress, const Work& work);
  void start(ImageRecord record, const Work& work);
  // Waits until fewer than `most` are at work. The error that is to end the run.
  Result<void> wait_for_less_than(int most, MigrateProgress& progress);
  void tell(MigrateProgress& progress);

  // In the threads.
  void copy(const ImageRecord& record);
  void look_up_at_source(const ImageRecord& record);
  bool pause(int tries);
  void count_failure(const ImageRecord& record, const std::string& key, const Error& error);

  const StorePair source_;
  const StorePair target_;
  const MigrateOptions options_;
  const std::function<void(const MigrateProgress&)>& progress_;
  const std::stop_token stop_;
  const Deadline deadline_;
  const Logger& log_;
  std::chrono::steady_clock::time_point told_ = {};

  std::mutex mutex_;
  std::condition_variable turn_;  // somebody has ended
  MigrationReport report_;        // guarded by mutex_ while work goes on, as are the next
  int at_work_ = 0;
  std::int64_t done_ = 0;
  int failures_in_a_row_ = 0;  // by the stores
  std::optional<Error> fatal_;
  BoundedExecutor executor_;  // the last, so that its threads end first
};

}  // namespace tintype
