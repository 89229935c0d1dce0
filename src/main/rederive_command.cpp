#include "main/rederive_command.h"

#include <cstdio>

#include "base/json_object.h"
#include "main/process_setup.h"
#include "main/progress_line.h"
#include "main/store_composition.h"
#include "service/rederive.h"

namespace tintype {
namespace {

Result<RederiveReport> rederive(Stores& stores, const Recipe& recipe, const RederiveCommandOptions& options) {
  ProgressLine line;
  std::stop_source stop;
  const auto on_progress = [&](const RederiveReport& report) {
    line.show("images", report.looked_at, 0);
    if (wait_for_signal(std::chrono::milliseconds(0))) stop.request_stop();
  };
  Rederive use_case(*stores.metadata, *stores.queue);
  auto report = use_case.run(
      recipe, {.older_than = options.older_than, .per_second = options.per_second, .progress = on_progress},
      stop.get_token());
  if (!report || !stop.stop_requested()) return report;
  return fail(ErrorCode::Internal, "interrupted; run it again to go on");
}

int refuse(const std::string& why) {
  std::fprintf(stderr, "tintype: %s\n", why.c_str());
  return 1;
}

}  // namespace

int run_rederive_command(const config::Settings& settings, const RederiveCommandOptions& options) {
  const Recipe* const recipe = find_recipe(options.recipe);
  if (recipe == nullptr) {
    std::string known;
    for (const Recipe& one : recipes()) known.append(known.empty() ? "" : ", ").append(one.name);
    return refuse("there is no recipe \"" + options.recipe + "\"; there are: " + known);
  }
  if (options.older_than > recipe->version) {
    return refuse("the recipe " + options.recipe + " is at version " + std::to_string(recipe->version) +
                  ": --older-than is from 1 to that");
  }
  auto stores = open_existing_stores_and_queue(settings);
  if (!stores) return refuse(stores.error().public_message);
  const auto report = rederive(*stores, *recipe, options);
  if (!report) return refuse("not all jobs were made: " + to_string(report.error()));
  JsonObject object;
  object.add("lookedAt", report->looked_at);
  object.add("jobs", report->pushed);
  std::printf("%s\n", std::move(object).finish().c_str());
  return 0;
}

}  // namespace tintype
