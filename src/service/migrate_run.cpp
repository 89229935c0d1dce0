#include "service/migrate_run.h"

#include <utility>

#include "service/migrate_record.h"

namespace tintype {
namespace {

constexpr int kPage = 500;
constexpr int kTries = 4;
constexpr int kMostFailuresInARow = 100;
constexpr std::chrono::milliseconds kTellEvery{200};
// So that stores which hang take the time of a few tries, not of the run; enough for the largest picture on a slow
// line.
constexpr std::chrono::minutes kTimeOfATry{5};

// Whether a store was the reason, and not what is in it.
bool may_pass(const Error& error) {
  return error.code == ErrorCode::StoreUnavailable || error.code == ErrorCode::DeadlineExceeded ||
         error.code == ErrorCode::Overloaded;
}

}  // namespace

MigrateRun::MigrateRun(const StorePair& source, const StorePair& target, const MigrateOptions& options,
                       const std::function<void(const MigrateProgress&)>& progress, std::stop_token stop,
                       Deadline deadline, const Logger& log)
    : source_(source),
      target_(target),
      options_(options),
      progress_(progress),
      stop_(std::move(stop)),
      deadline_(deadline),
      log_(log),
      executor_("migrate", static_cast<std::size_t>(options.parallel), static_cast<std::size_t>(options.parallel)) {}

Result<void> MigrateRun::copy_records() {
  return for_each_record(source_.metadata, {"records"}, [this](const ImageRecord& record) { copy(record); });
}

Result<void> MigrateRun::look_for_others() {
  return for_each_record(target_.metadata, {"target", 0, report_.records},
                         [this](const ImageRecord& record) { look_up_at_source(record); });
}

Result<void> MigrateRun::for_each_record(MetadataStore& metadata, MigrateProgress progress, const Work& work) {
  done_ = 0;
  const auto started = start_all(metadata, progress, work);
  auto ended = wait_for_less_than(1, progress);
  std::unique_lock lock(mutex_);
  turn_.wait(lock, [this] { return at_work_ == 0; });  // also after an error: they use `work`
  lock.unlock();
  if (!started) return started;
  if (!ended) return ended;
  progress.of = done_;
  told_ = {};
  tell(progress);
  told_ = {};  // the next stage begins with saying so
  return {};
}

Result<void> MigrateRun::start_all(MetadataStore& metadata, MigrateProgress& progress, const Work& work) {
  std::optional<ImageId> after;
  for (;;) {
    auto page = metadata.records_after(after, kPage, deadline_);
    if (!page) return fail(page.error());
    const bool is_last = page->size() < kPage;
    if (!page->empty()) after = page->back().image_id;
    for (ImageRecord& record : *page) {
      if (auto turn = wait_for_less_than(options_.parallel, progress); !turn) return turn;
      start(std::move(record), work);
    }
    if (is_last) return {};
  }
}

void MigrateRun::start(ImageRecord record, const Work& work) {
  {
    const std::lock_guard lock(mutex_);
    ++at_work_;
  }
  auto task = [this, &work, record = std::move(record)] {
    work(record);
    const std::lock_guard lock(mutex_);
    --at_work_;
    ++done_;
    turn_.notify_one();
  };
  if (!executor_.try_run(task)) task();  // never: there is a thread or a place for each that is at work
}

Result<void> MigrateRun::wait_for_less_than(int most, MigrateProgress& progress) {
  for (;;) {
    tell(progress);
    if (stop_.stop_requested()) return fail(ErrorCode::DeadlineExceeded, "the migration was stopped");
    if (deadline_.expired()) return fail(ErrorCode::DeadlineExceeded, "the migration took too long");
    std::unique_lock lock(mutex_);
    const bool has_turn = turn_.wait_for(lock, kTellEvery, [&] { return at_work_ < most; });
    if (fatal_) return fail(*fatal_);
    if (has_turn) return {};
  }
}

void MigrateRun::tell(MigrateProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < kTellEvery) return;
  told_ = now;
  {
    const std::lock_guard lock(mutex_);
    progress.done = done_;
  }
  progress_(progress);
}

void MigrateRun::copy(const ImageRecord& record) {
  MigrateRecord one(source_, target_, record);
  const auto try_it = [&] { return one.run(Deadline::after(kTimeOfATry).earlier_of(deadline_)); };
  auto outcome = try_it();
  for (int tries = 1; !outcome && may_pass(outcome.error()) && tries < kTries && pause(tries); ++tries) {
    outcome = try_it();
  }
  const std::lock_guard lock(mutex_);
  ++report_.records;
  report_.blobs += one.blobs_put();
  report_.bytes += one.bytes_put();
  if (!outcome) return count_failure(record, one.failed_at(), outcome.error());
  failures_in_a_row_ = 0;
  if (*outcome == MigrateRecord::Outcome::Copied) ++report_.copied;
  if (*outcome == MigrateRecord::Outcome::Unchanged) ++report_.unchanged;
  if (*outcome == MigrateRecord::Outcome::Gone) ++report_.gone;
}

void MigrateRun::count_failure(const ImageRecord& record, const std::string& key, const Error& error) {
  ++report_.failed;
  log_.warn("a record could not be copied",
            {{"imageId", record.image_id.text()}, {"key", key}, {"error", to_string(error)}});
  failures_in_a_row_ = may_pass(error) ? failures_in_a_row_ + 1 : 0;
  if (failures_in_a_row_ >= kMostFailuresInARow) fatal_ = error;
}

void MigrateRun::look_up_at_source(const ImageRecord& record) {
  const auto found = source_.metadata.find(record.image_id, Deadline::after(kTimeOfATry).earlier_of(deadline_));
  if (found) return;
  const std::lock_guard lock(mutex_);
  if (found.error().code != ErrorCode::NotFound) {
    fatal_ = found.error();
    return;
  }
  ++report_.only_at_target;
  log_.info("an image is at the target only", {{"imageId", record.image_id.text()}, {"user", record.user_id.text()}});
}

// False: there is no time for another try.
bool MigrateRun::pause(int tries) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  const auto end = Deadline::after(options_.pause * (1 << (tries - 1))).earlier_of(deadline_);
  never.wait_until(lock, stop_, end.time_point(), [] { return false; });
  return !stop_.stop_requested() && !deadline_.expired();
}

}  // namespace tintype
