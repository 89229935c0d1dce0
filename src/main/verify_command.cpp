#include "main/verify_command.h"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <csignal>
#include <cstdio>

#include "adapters/system_clock/system_clock.h"
#include "base/json_object.h"
#include "main/store_composition.h"
#include "service/verify.h"

namespace tintype {
namespace {

constexpr int kExitWrong = 2;
constexpr int kBarWidth = 30;
constexpr const char* kEraseToEnd = "\x1b[K";  // ECMA-48 EL

// A line on stderr that is written over again and again; nothing if stderr is no terminal.
class ProgressLine {
 public:
  ~ProgressLine() {
    if (shown_) std::fputs(kEraseToEnd, stderr);
  }

  void show(const VerifyProgress& progress) {
    if (!is_terminal_) return;
    if (progress.stage != stage_) {
      stage_ = progress.stage;
      begun_ = std::chrono::steady_clock::now();
    }
    // The carriage return comes last: a line of the log then begins where this one does, and not behind it.
    std::fprintf(stderr, "%-8s%s  %" PRId64 "  %.0f/s%s\r", progress.stage, bar(progress).c_str(), progress.done,
                 rate(progress), kEraseToEnd);
    shown_ = true;
  }

 private:
  static std::string bar(const VerifyProgress& progress) {
    if (progress.of == 0) return {};
    const double share = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.of));
    const int filled = static_cast<int>(share * kBarWidth);
    char percent[8];
    std::snprintf(percent, sizeof percent, " %3.0f%%", share * 100);
    return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, ' ') + "]" + percent;
  }
  double rate(const VerifyProgress& progress) const {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
    return took.count() > 0 ? static_cast<double>(progress.done) / took.count() : 0;
  }

  const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
  std::string_view stage_;
  std::chrono::steady_clock::time_point begun_;
};

// SIGTERM or SIGINT, which are blocked in all threads (process_setup.cpp).
bool signal_has_come() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  constexpr timespec kNoWait{};
  return ::sigtimedwait(&signals, nullptr, &kNoWait) > 0;
}

Result<VerificationReport> verify(Stores& stores, const VerifyCommandOptions& options, const Logger& log) {
  const SystemClock clock;
  FinishDeletion finish(*stores.metadata, *stores.blobs, clock, log);
  ProgressLine line;
  std::stop_source stop;
  const auto on_progress = [&](const VerifyProgress& progress) {
    line.show(progress);
    if (signal_has_come()) stop.request_stop();
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
