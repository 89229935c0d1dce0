#include "base/crash_point.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#ifndef TINTYPE_CRASH_POINTS
#error "only for builds with crash points"
#endif

namespace tintype {
namespace {

// CRASH_POINT=name, name:3 or name:stop; none if it is not set.
struct Plan {
  Plan() {
    const char* const text = std::getenv("CRASH_POINT");
    if (text == nullptr) return;
    const std::string plan = text;
    const std::size_t colon = std::min(plan.find(':'), plan.size());
    name = plan.substr(0, colon);
    const std::string how = colon < plan.size() ? plan.substr(colon + 1) : "1";
    stops = how == "stop";
    if (!stops) passes = std::stoi(how);
  }

  std::string name;
  bool stops = false;
  std::atomic<int> passes = 1;  // left until it happens
};

}  // namespace

void crash_point(std::string_view name) {
  static Plan plan;
  if (name != plan.name || plan.passes.fetch_sub(1) != 1) return;
  // To this thread, which takes it before it goes on; any other may take one that is sent to the process.
  ::raise(plan.stops ? SIGSTOP : SIGKILL);
}

}  // namespace tintype
