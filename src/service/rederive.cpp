#include "service/rederive.h"

#include <condition_variable>
#include <mutex>

#include "model/jobs/job.h"

namespace tintype {
namespace {

constexpr int kPage = 100;
constexpr std::chrono::seconds kStepTime{30};
constexpr std::chrono::seconds kLookEvery{1};

bool is_old(const ImageRecord& record, int older_than) {
  return record.thumbnail_key && recipe_version(record.thumbnail_recipe) < older_than;
}

// Until then, or until `stop` asks to end.
void wait_until(Deadline::Clock::time_point time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_until(lock, stop, time, [] { return false; });
}

}  // namespace

Result<RederiveReport> Rederive::run(const Recipe& recipe, const Options& options, std::stop_token stop) {
  RederiveReport report;
  std::optional<ImageId> after;
  const auto pause =
      std::chrono::duration_cast<Deadline::Clock::duration>(std::chrono::duration<double>(1.0 / options.per_second));
  auto next = Deadline::Clock::now();
  while (!stop.stop_requested()) {
    const auto page = metadata_.records_after(after, kPage, Deadline::after(kStepTime));
    if (!page) return fail(page.error());
    if (auto room = wait_for_room(options, stop); !room) return fail(room.error());
    for (const ImageRecord& record : *page) {
      if (stop.stop_requested()) return report;
      ++report.looked_at;
      if (!is_old(record, options.older_than)) continue;
      wait_until(next, stop);
      next = std::max(next, Deadline::Clock::now() - std::chrono::seconds(1)) + pause;
      DeriveJob job = thumbnail_job(record);
      job.recipe = recipe.name;
      const NewJob pushed = new_job(job);
      if (auto done = queue_.push(std::span(&pushed, 1), Deadline::after(kStepTime)); !done) return fail(done.error());
      ++report.pushed;
      options.progress(report);
    }
    options.progress(report);
    if (page->size() < kPage) break;
    after = page->back().image_id;
  }
  return report;
}

Result<void> Rederive::wait_for_room(const Options& options, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto depth = queue_.depth(Deadline::after(kStepTime));
    if (!depth) return fail(depth.error());
    if (depth->ready + depth->delayed + depth->leased < options.waiting) return {};
    wait_until(Deadline::Clock::now() + kLookEvery, stop);
  }
  return {};
}

}  // namespace tintype
