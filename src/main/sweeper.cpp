#include "main/sweeper.h"

#include <exception>

namespace tintype {
namespace {

constexpr std::chrono::minutes kPassTime{10};
constexpr std::chrono::seconds kLookTime{10};
// How often to look whether somebody else has verified.
constexpr std::chrono::milliseconds kLookInterval = std::chrono::seconds(60);
std::chrono::milliseconds look_interval(std::chrono::milliseconds verify_interval) {
  return verify_interval.count() == 0 ? kLookInterval : std::min(verify_interval, kLookInterval);
}

// Uploads that are under way are known by their claims, so this only covers what nobody has thought of.
constexpr std::chrono::hours kGrace{1};

// One failing run must not end all further ones.
bool guarded(const char* what, const Logger& log, const std::function<bool()>& run) {
  try {
    return run();
  } catch (const std::exception& thrown) {
    log.error(what, {{"error", thrown.what()}});
    return false;
  }
}

}  // namespace

Sweeper::Sweeper(Sweep& sweep, Verify& verify, MetadataStore& metadata, const Clock& clock, Intervals intervals,
                 MetricsRegistry& metrics, const Logger& log)
    : sweep_(sweep),
      verify_(verify),
      metadata_(metadata),
      clock_(clock),
      intervals_(intervals),
      metrics_(metrics),
      log_(log),
      sweep_task_("sweeper", intervals.sweep,
                  [this](const std::stop_token& stop) {
                    return guarded("a sweep failed", log_, [&] { return run_sweep(stop); });
                  }),
      verify_task_("verifier", look_interval(intervals.verify), [this](const std::stop_token& stop) {
        return guarded("a verification failed", log_, [&] { return look_after_verification(stop); });
      }) {}

std::optional<double> Sweeper::orphaned_files() const {
  const double known = orphaned_;
  return known < 0 ? std::nullopt : std::optional(known);
}

bool Sweeper::run_sweep(const std::stop_token& stop) {
  const auto report = sweep_.run(stop, Deadline::after(kPassTime));
  metrics_.counter("tintype_sweeps_total", "Passes of the sweeper.", {{"outcome", report ? "ok" : "failed"}})
      .Increment();
  if (!report) {
    log_.warn("a sweep was cut short", {{"error", to_string(report.error())}});
    return false;
  }
  count(*report);
  return report->more;
}

void Sweeper::count(const SweepReport& report) {
  const auto add = [this](const char* name, const char* help, const char* outcome, int number) {
    metrics_.counter(name, help, {{"outcome", outcome}}).Increment(number);
  };
  constexpr auto kClaims = "tintype_upload_claims_swept_total";
  constexpr auto kClaimsHelp = "Claims ended by the sweeper: uploads given up, and tokens no longer remembered.";
  add(kClaims, kClaimsHelp, "expired", report.expired);
  add(kClaims, kClaimsHelp, "forgotten", report.forgotten);
  constexpr auto kDeletions = "tintype_deletions_swept_total";
  constexpr auto kDeletionsHelp = "Entries of the journal of deletions that the sweeper has worked on.";
  add(kDeletions, kDeletionsHelp, "finished", report.deleted);
  add(kDeletions, kDeletionsHelp, "postponed", report.postponed);
  if (report.expired + report.deleted + report.postponed + report.unfinished == 0) return;
  log_.info("swept", {{"expired", report.expired},
                      {"deleted", report.deleted},
                      {"postponed", report.postponed},
                      {"unfinished", report.unfinished}});
}

bool Sweeper::look_after_verification(const std::stop_token& stop) {
  if (auto looked = verify_if_due(stop); !looked && !stop.stop_requested()) {
    log_.warn("a verification was cut short", {{"error", to_string(looked.error())}});
  }
  return false;
}

Result<void> Sweeper::verify_if_due(const std::stop_token& stop) {
  const auto last = metadata_.last_verification(Deadline::after(kLookTime));
  if (!last) return fail(last.error());
  if (*last) show(**last);
  const bool is_due = !*last || (*last)->finished + intervals_.verify <= clock_.now();
  if (intervals_.verify.count() == 0 || !is_due) return {};
  const auto report = verify_.run({.grace = kGrace}, [](const VerifyProgress&) {}, stop, Deadline::never());
  if (!report) return fail(report.error());
  show(*report);
  return {};
}

// The gauges are there from the first report on: before that, 0 would be a claim that nobody has checked.
void Sweeper::show(const VerificationReport& report) {
  const auto set = [this](const char* name, const char* help, double value) { metrics_.gauge(name, help).Set(value); };
  set("tintype_orphaned_files", "Stored files that nothing refers to, by the last verification.",
      static_cast<double>(report.orphaned_files));
  orphaned_ = static_cast<double>(report.orphaned_files);
  set("tintype_missing_files", "Files that a record refers to and that are not there, by the last verification.",
      static_cast<double>(report.missing_files));
  set("tintype_corrupt_files", "Files that are not what was stored, by the last verification.",
      static_cast<double>(report.corrupt_files));
  set("tintype_verification_timestamp_seconds", "When the last verification ended, in seconds since 1970.",
      std::chrono::duration<double>(report.finished.time_since_epoch()).count());
}

}  // namespace tintype
