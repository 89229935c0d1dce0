// DESIGN
// Every port takes a deadline, but not everything does: fsync(2) on a disk that is gone, or stat(2) below a network
// mount whose server is, can block for ever. So a check runs on a thread of its own, and one that does not come back is
// left behind, and reported. Checks run one after the other: they build on each other, load the installation as little
// as possible, and a table that grows in its order is easy to read.
#include "service/diagnosis.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace tintype {
namespace {

using Clock = std::chrono::steady_clock;

// Shared by the thread of a check and by who waits for it: either may be the last.
struct Pending {
  std::mutex mutex;
  std::condition_variable ended;
  std::optional<CheckOutcome> outcome;  // guarded by mutex
};

std::string in_words(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

CheckOutcome run_guarded(const Check& check, Deadline deadline) {
  try {
    return check.run(deadline);
  } catch (const std::exception& exception) {
    return failed(std::string("the check itself failed: ") + exception.what(), "report this");
  }
}

// nullopt: it has not come back.
std::optional<CheckOutcome> run_in_time(const Check& check, const DiagnosisOptions& options) {
  const auto pending = std::make_shared<Pending>();
  const Deadline deadline = Deadline::after(options.time);
  std::thread([copy = check, pending, deadline]() mutable {
    CheckOutcome outcome = run_guarded(copy, deadline);
    copy.run = nullptr;  // nobody waits any longer for what it holds to be let go
    const std::lock_guard lock(pending->mutex);
    pending->outcome = std::move(outcome);
    pending->ended.notify_all();
  }).detach();
  std::unique_lock lock(pending->mutex);
  pending->ended.wait_until(lock, deadline.later_by(options.patience).time_point(),
                            [&] { return pending->outcome.has_value(); });
  return pending->outcome;
}

// Which checks can be built on.
class Passed {
 public:
  // The first that is needed and cannot be built on; null if there is none.
  const std::string* missing(const std::vector<std::string>& needs) const {
    for (const std::string& name : needs) {
      if (!known_.contains(name)) std::abort();
      if (!good_.contains(name)) return &name;
    }
    return nullptr;
  }
  void add(const CheckReport& report) {
    const std::string name = report.area + '/' + report.check;
    known_.insert(name);
    if (report.outcome.state == CheckState::Ok || report.outcome.state == CheckState::Warning) good_.insert(name);
  }

 private:
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> good_;
};

}  // namespace

const char* state_name(CheckState state) {
  switch (state) {
    case CheckState::Ok:
      return "ok";
    case CheckState::Warning:
      return "warning";
    case CheckState::Failed:
      return "failed";
    case CheckState::NotChecked:
      break;
  }
  return "not checked";
}

CheckOutcome passed(std::string detail) {
  return {.state = CheckState::Ok, .detail = std::move(detail)};
}
CheckOutcome warned(std::string detail, std::string advice) {
  return {.state = CheckState::Warning, .detail = std::move(detail), .advice = std::move(advice)};
}
CheckOutcome failed(std::string detail, std::string advice) {
  return {.state = CheckState::Failed, .detail = std::move(detail), .advice = std::move(advice)};
}
CheckOutcome failed(const Error& error, std::string advice) {
  const std::string& text = error.detail.empty() ? error.public_message : error.detail;
  return failed((error.code == ErrorCode::DeadlineExceeded ? "no answer in time: " : "") + text, std::move(advice));
}
CheckOutcome not_checked(std::string why) {
  return {.state = CheckState::NotChecked, .detail = std::move(why)};
}

int DiagnosisReport::count(CheckState state) const {
  return static_cast<int>(
      std::ranges::count_if(checks, [state](const CheckReport& report) { return report.outcome.state == state; }));
}

DiagnosisReport diagnose(const std::vector<CheckArea>& areas, const DiagnosisOptions& options,
                         const std::function<void(const CheckReport&)>& on_checked,
                         const std::function<bool()>& wants_stop) {
  DiagnosisReport report;
  Passed passed_checks;
  const auto outcome_of = [&](const Check& check) {
    report.interrupted = report.interrupted || wants_stop();
    if (report.interrupted && !check.cleans_up) return not_checked("interrupted");
    if (const std::string* const missing = passed_checks.missing(check.needs)) return not_checked("needs " + *missing);
    auto outcome = run_in_time(check, options);
    if (outcome) return std::move(*outcome);
    report.hangs = true;
    return failed("hangs: it has not come back after " + in_words(options.time + options.patience),
                  "see what it waits for: a disk, a network mount, a process that is stopped");
  };
  for (const CheckArea& area : areas) {
    for (const Check& check : area.checks) {
      const auto begun = Clock::now();
      CheckReport checked{.area = area.name, .check = check.name, .outcome = outcome_of(check)};
      checked.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
      passed_checks.add(checked);
      on_checked(checked);
      report.checks.push_back(std::move(checked));
    }
  }
  return report;
}

}  // namespace tintype
