#include "main/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace tintype {
namespace {

constexpr int kBarWidth = 30;
constexpr const char* kEraseToEnd = "\x1b[K";  // ECMA-48 EL

std::string bar(std::int64_t done, std::int64_t of) {
  if (of == 0) return {};
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
  const int filled = static_cast<int>(share * kBarWidth);
  char percent[8];
  std::snprintf(percent, sizeof percent, " %3.0f%%", share * 100);
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, ' ') + "]" + percent;
}

double rate(std::int64_t done, std::chrono::duration<double> took) {
  return took.count() > 0 ? static_cast<double>(done) / took.count() : 0;
}

}  // namespace

ProgressLine::ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs(kEraseToEnd, stderr);
}

void ProgressLine::show(std::string_view stage, std::int64_t done, std::int64_t of) {
  if (!is_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (stage != stage_) {
    stage_ = stage;
    begun_ = now;
  }
  // The carriage return comes last: a line of the log then begins where this one does, and not behind it.
  std::fprintf(stderr, "%-8s%s  %" PRId64 "  %.0f/s%s\r", stage_.c_str(), bar(done, of).c_str(), done,
               rate(done, now - begun_), kEraseToEnd);
  shown_ = true;
}

}  // namespace tintype
