#include "main/sweep_command.h"

#include <unistd.h>

#include <cstdio>

#include "adapters/system_clock/system_clock.h"
#include "base/json_object.h"
#include "main/store_composition.h"
#include "service/sweep.h"

namespace tintype {
namespace {

constexpr int kExitPostponed = 2;

void add(SweepReport& total, const SweepReport& pass) {
  total.expired += pass.expired;
  total.forgotten += pass.forgotten;
  total.deleted += pass.deleted;
  total.postponed += pass.postponed;
  total.unfinished += pass.unfinished;
  total.more = pass.more;
}

Result<SweepReport> sweep_until_done(Sweep& sweep) {
  SweepReport total;
  do {
    auto pass = sweep.run({}, Deadline::never());
    if (!pass) return pass;
    add(total, *pass);
  } while (total.more);
  return total;
}

std::string as_json(const SweepReport& report) {
  JsonObject object;
  object.add("expired", std::int64_t{report.expired});
  object.add("forgotten", std::int64_t{report.forgotten});
  object.add("deleted", std::int64_t{report.deleted});
  object.add("postponed", std::int64_t{report.postponed});
  object.add("unfinished", std::int64_t{report.unfinished});
  return std::move(object).finish();
}

}  // namespace

int run_sweep_command(const config::Settings& settings) {
  const Logger log(settings.log_level, STDERR_FILENO);
  const auto stores = open_existing_stores(settings);
  if (!stores) {
    std::fprintf(stderr, "tintype: %s\n", stores.error().public_message.c_str());
    return 1;
  }
  const SystemClock clock;
  FinishDeletion finish(*stores->metadata, *stores->blobs, clock, log);
  Sweep sweep(*stores->metadata, *stores->blobs, finish, clock);
  const auto report = sweep_until_done(sweep);
  if (!report) {
    std::fprintf(stderr, "tintype: the sweep was cut short: %s\n", to_string(report.error()).c_str());
    return 1;
  }
  std::printf("%s\n", as_json(*report).c_str());
  return report->postponed == 0 ? 0 : kExitPostponed;
}

}  // namespace tintype
