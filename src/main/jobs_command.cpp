#include "main/jobs_command.h"

#include <unistd.h>

#include <cstdio>

#include "base/json_object.h"
#include "main/blob_delivery.h"
#include "main/composition.h"
#include "main/process_setup.h"
#include "main/store_composition.h"

namespace tintype {
namespace {

constexpr std::chrono::seconds kQueueTime{60};

int say(const Error& error) {
  const std::string& why = error.detail.empty() ? error.public_message : error.detail;
  std::fprintf(stderr, "tintype: %s\n", why.c_str());
  return 1;
}

std::string as_json(const DeadJob& job) {
  JsonObject object;
  object.add("key", job.job.key);
  object.add("attempts", std::int64_t{job.attempts});
  object.add("diedAt", to_rfc3339(job.died_at));
  object.add("reason", job.reason);
  object.add("body", job.job.body);
  return std::move(object).finish();
}

void print_json(const std::vector<DeadJob>& dead) {
  std::string array = "[";
  for (const DeadJob& job : dead) array += (array.size() > 1 ? "," : "") + as_json(job);
  std::printf("%s]\n", array.c_str());
}

void print_table(const std::vector<DeadJob>& dead) {
  if (dead.empty()) {
    std::puts("no dead letters");
    return;
  }
  for (const DeadJob& job : dead) {
    std::printf("%s  %s  attempts %d  %s\n", to_rfc3339(job.died_at).c_str(), job.job.key.c_str(), job.attempts,
                job.reason.c_str());
  }
  std::puts("\n`tintype jobs --redrive` has them tried again.");
}

int print_dead(JobQueue& queue, const JobsCommandOptions& options) {
  const auto dead = queue.dead(options.limit, Deadline::after(kQueueTime));
  if (!dead) return say(dead.error());
  options.json ? print_json(*dead) : print_table(*dead);
  return 0;
}

int redrive(JobQueue& queue, const JobsCommandOptions& options) {
  const auto redriven = queue.redrive(options.limit, Deadline::after(kQueueTime));
  if (!redriven) return say(redriven.error());
  std::printf("{\"redriven\":%d}\n", *redriven);
  return 0;
}

int do_jobs(const config::Settings& settings) {
  config::Settings here = settings;
  here.jobs = config::Jobs::Embedded;
  const Logger log(settings.log_level, STDERR_FILENO);
  MetricsRegistry metrics;
  const auto service = Composition::build(here, metrics, log);
  if (!service) {
    std::fprintf(stderr, "tintype: %s\n", service.error().public_message.c_str());
    return 1;
  }
  const std::string public_url = settings.public_url.empty() ? "http://" + settings.listen : settings.public_url;
  (*service)->renderer().set_blob_base_url(blob_base_url(settings, public_url));
  log.info("doing jobs");
  while (!wait_for_signal(std::chrono::seconds(1))) continue;
  log.info("stopping: jobs under way are finished");
  (*service)->stop_jobs(Deadline::after(settings.drain_timeout));
  log.info("stopped");
  return 0;
}

}  // namespace

int run_jobs_command(const config::Settings& settings, const JobsCommandOptions& options) {
  if (!options.dead && !options.redrive) return do_jobs(settings);
  const auto stores = open_existing_stores_and_queue(settings);
  if (!stores) return say(stores.error());
  return options.dead ? print_dead(*stores->queue, options) : redrive(*stores->queue, options);
}

}  // namespace tintype
