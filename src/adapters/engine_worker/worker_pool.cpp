#include "adapters/engine_worker/worker_pool.h"

namespace tintype {
namespace {

double milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

WorkerPool::WorkerPool(Options options, MetricsRegistry& registry, const Logger& log)
    : options_(std::move(options)),
      log_(log),
      metrics_(registry),
      auto_provision_(options_.policy, options_.provisioned, AutoProvision::Clock::now()),
      roster_(options_.provisioned, options_.most),
      supervisor_(options_.supervisor, roster_, auto_provision_, metrics_, log) {
  expose(registry);
}

void WorkerPool::expose(MetricsRegistry& registry) {
  const auto workers = [&registry](const char* state) -> prometheus::Gauge& {
    return registry.gauge("tintype_workers", "Image workers, by what they do.", {{"state", state}});
  };
  auto& starting = workers("starting");
  auto& idle = workers("idle");
  auto& busy = workers("busy");
  auto& target = registry.gauge("tintype_workers_provisioned", "Image workers to be kept warm.");
  auto& waiting = registry.gauge("tintype_worker_borrowers_waiting", "Image jobs waiting for a worker.");
  auto& sandboxed = registry.gauge("tintype_workers_sandboxed", "1 if the kernel contains all image workers.");
  auto& ratio = registry.gauge("tintype_cold_start_ratio", "Cold starts per image request in the last window.");
  registry.before_expose([this, &starting, &idle, &busy, &target, &waiting, &sandboxed, &ratio] {
    const auto counts = roster_.counts();
    starting.Set(counts.starting);
    idle.Set(counts.idle);
    busy.Set(counts.busy);
    target.Set(counts.target);
    waiting.Set(counts.waiting);
    sandboxed.Set(counts.sandboxed ? 1 : 0);
    ratio.Set(auto_provision_.last_ratio());
  });
}

Result<WorkerPool::Lease> WorkerPool::borrow(Deadline deadline) {
  const auto begin = std::chrono::steady_clock::now();
  auto loan = roster_.lend(deadline, [this] { supervisor_.wake(); });  // which may start one
  if (!loan) return fail(loan.error());
  auto_provision_.saw_busy(roster_.counts().busy);
  if (loan->cold_start) report_cold_start(*loan->member->worker, std::chrono::steady_clock::now() - begin);
  return Lease(*this, *loan);
}

void WorkerPool::report_cold_start(const WorkerProcess& worker, std::chrono::steady_clock::duration waited) {
  auto_provision_.count_cold_start();
  metrics_.cold_start(std::chrono::duration_cast<std::chrono::microseconds>(waited));
  const WorkerStart& start = worker.start();
  log_.info("Cold start detected", {{"milliseconds", milliseconds(waited)},
                                    {"spawnMs", milliseconds(start.spawn)},
                                    {"loadMs", milliseconds(start.load)},
                                    {"warmUpMs", milliseconds(start.warm_up)},
                                    {"pid", worker.pid()}});
}

WorkerPool::Lease::~Lease() {
  if (loan_.member == nullptr) return;
  const bool worn = pool_->is_worn(*loan_.member->worker);
  pool_->roster_.give_back(loan_.member, worn);
  if (worn) pool_->supervisor_.wake();
}

JobOutcome WorkerPool::Lease::run(const worker_protocol::Job& job, int descriptor, Deadline deadline) {
  JobOutcome outcome = loan_.member->worker->run(job, descriptor, deadline);
  if (outcome.loss != JobOutcome::Loss::None) pool_->lost(std::exchange(loan_.member, nullptr), outcome);
  return outcome;
}

void WorkerPool::lost(WorkerRoster::Member* member, const JobOutcome& outcome) {
  const auto worker = roster_.take_out(member);
  const Death death = death_of(outcome);
  metrics_.died(death);
  log_.warn("an image worker was lost during a job", {{"pid", worker->pid()},
                                                      {"reason", death_name(death)},
                                                      {"end", to_string(outcome.end)},
                                                      {"jobs", worker->jobs()}});
  supervisor_.wake();
}

bool WorkerPool::is_worn(const WorkerProcess& worker) const {
  return worker.jobs() >= options_.max_jobs || worker.resident_bytes() > options_.max_resident;
}

Result<bool> WorkerPool::wait_until_warm(Deadline deadline) {
  if (roster_.wait_for_target(deadline)) return true;
  if (!roster_.is_hopeless()) return false;
  return fail(ErrorCode::Internal, supervisor_.last_failure());
}

Result<void> WorkerPool::check() const {
  const auto counts = roster_.counts();
  if (counts.idle + counts.busy > 0) return {};
  const std::string why = supervisor_.last_failure();
  if (why.empty()) return {};  // they are on their way
  return fail(ErrorCode::Internal, "no image worker can be started", why);
}

}  // namespace tintype
