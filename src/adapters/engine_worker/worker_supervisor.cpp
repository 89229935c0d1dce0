// DESIGN. One loop: do what there is to do, then sleep until something can have changed. Everything that needs doing is
// read off the roster each time, so a missed or doubled wake-up costs a turn of the loop and nothing else. Starts that
// fail again and again are spaced out, and the roster is told, so that borrowers hear 503 instead of waiting.
#include "adapters/engine_worker/worker_supervisor.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>

namespace tintype {
namespace {

constexpr auto kStartTime = std::chrono::seconds(10);   // from fork to warm; 20 ms are usual
constexpr auto kForkTime = std::chrono::seconds(5);     // 1 ms is usual
constexpr auto kTick = std::chrono::milliseconds(500);  // for what no descriptor tells: idle time, the window's end
constexpr auto kQuietTime = std::chrono::seconds(10);   // without a failure, and those before count no more
constexpr int kFailuresToRefuse = 3;

// 100 ms after the first failure, doubling, up to 5 s.
std::chrono::milliseconds pause_after(int failures) {
  return std::min(std::chrono::milliseconds(100) * (1 << std::min(failures - 1, 6)), std::chrono::milliseconds(5000));
}

double milliseconds(std::chrono::microseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

WorkerSupervisor::WorkerSupervisor(Options options, WorkerRoster& roster, AutoProvision& auto_provision,
                                   PoolMetrics& metrics, const Logger& log)
    : options_(std::move(options)),
      roster_(roster),
      auto_provision_(auto_provision),
      metrics_(metrics),
      log_(log),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  start_zygote();
  thread_ = std::thread([this] { run(); });
}

WorkerSupervisor::~WorkerSupervisor() {
  stopping_ = true;
  wake();
  thread_.join();
}

void WorkerSupervisor::wake() {
  constexpr std::uint64_t kOne = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &kOne, sizeof kOne);  // full means it is awake already
}

std::string WorkerSupervisor::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

void WorkerSupervisor::run() {
  ::pthread_setname_np(::pthread_self(), "worker-pool");
  while (!stopping_) {
    staff();
    wait_for_events();
  }
}

void WorkerSupervisor::staff() {
  note_dead();
  give_up_slow_starts();
  // Not at the first that gets warm: it may be the next to die.
  if (Clock::now() - last_failed_ > kQuietTime) failures_ = 0;
  if (options_.automatic) roster_.set_target(auto_provision_.target(Clock::now()));
  if (Clock::now() >= not_before_) {
    if (!zygote_) start_zygote();
    start_workers();
  }
  end_surplus();
}

void WorkerSupervisor::start_zygote() {
  auto zygote = ZygoteProcess::start(options_.program, options_.memory_limit);
  if (!zygote) return start_failed(zygote.error().public_message);
  zygote_ = std::move(*zygote);
  metrics_.zygote_started();
}

void WorkerSupervisor::lose_zygote(std::string_view what) {
  const std::string end = to_string(zygote_->end());
  log_.warn("the process that image workers are forked from was lost; another is started",
            {{"pid", zygote_->pid()}, {"what", what}, {"end", end}});
  const bool was_ready = zygote_->is_ready();
  zygote_.reset();
  if (!was_ready) start_failed("the image worker program ended with " + end);
}

void WorkerSupervisor::start_workers() {
  for (int count = roster_.wanted_starts(); count > 0 && zygote_ && zygote_->is_ready(); --count) start_worker();
}

void WorkerSupervisor::start_worker() {
  const auto begin = Clock::now();
  auto forked = zygote_->fork_worker(Deadline::after(kForkTime));
  if (!forked) {
    lose_zygote(forked.error().detail);
    return start_failed("an image worker could not be forked: " + forked.error().detail);
  }
  const auto spawn = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
  roster_.count_starting(1);
  starting_.push_back({std::make_unique<WorkerProcess>(std::move(*forked), spawn), Clock::now() + kStartTime});
}

void WorkerSupervisor::end_surplus() {
  const auto surplus = roster_.take_surplus(Clock::now() - options_.idle);
  metrics_.retired(static_cast<int>(surplus.size()));
}

void WorkerSupervisor::note_dead() {
  for (const auto& worker : roster_.take_dead()) {
    const ProcessEnd end = worker->end();
    const Death death = death_of(end);
    metrics_.died(death);
    log_.warn("an idle image worker died", {{"pid", worker->pid()}, {"end", to_string(end)}});
    if (death == Death::Crash && worker->jobs() == 0) {
      start_failed("an image worker died before its first job: " + to_string(end));
    }
  }
}

void WorkerSupervisor::wait_for_events() {
  std::vector<pollfd> entries = {{wake_.get(), POLLIN, 0}, {zygote_ ? zygote_->socket() : -1, POLLIN, 0}};
  for (const Starting& each : starting_) entries.push_back({each.worker->socket(), POLLIN, 0});
  const std::size_t after_starting = entries.size();
  // Deaths only. A pidfd may be closed meanwhile by whoever borrowed its worker: at worst an idle turn of the loop.
  for (const int pidfd : roster_.idle_pidfds()) entries.push_back({pidfd, POLLIN, 0});
  if (::poll(entries.data(), entries.size(), poll_time()) <= 0) return;

  std::uint64_t wakes = 0;
  if (entries[0].revents != 0) [[maybe_unused]]
    const ssize_t count = ::read(wake_.get(), &wakes, sizeof wakes);
  for (std::size_t i = after_starting; i-- > 2;) {
    if (entries[i].revents != 0) on_starting_event(i - 2);
  }
  if (entries[1].revents != 0) on_zygote_event();
}

int WorkerSupervisor::poll_time() const {
  const auto until_start = std::chrono::ceil<std::chrono::milliseconds>(not_before_ - Clock::now());
  const auto time = until_start.count() > 0 ? std::min(until_start, kTick) : kTick;
  return static_cast<int>(time.count());
}

void WorkerSupervisor::on_zygote_event() {
  if (!zygote_->receive_ready()) lose_zygote("its socket was closed");
}

void WorkerSupervisor::on_starting_event(std::size_t index) {
  Starting entry = std::move(starting_[index]);
  starting_.erase(starting_.begin() + static_cast<std::ptrdiff_t>(index));
  if (entry.worker->receive_ready()) {
    started(*entry.worker);
    roster_.add(std::move(entry.worker));
    return;
  }
  roster_.count_starting(-1);
  metrics_.died(Death::Start);
  start_failed("an image worker died while it warmed up: " + to_string(entry.worker->end()));
}

void WorkerSupervisor::started(const WorkerProcess& worker) {
  metrics_.started(worker.start());
  {
    const std::lock_guard lock(mutex_);
    last_failure_.clear();
  }
  log_.debug("image worker started", {{"pid", worker.pid()},
                                      {"spawnMs", milliseconds(worker.start().spawn)},
                                      {"loadMs", milliseconds(worker.start().load)},
                                      {"warmUpMs", milliseconds(worker.start().warm_up)}});
  if (worker.sandboxed() || said_unsandboxed_) return;
  said_unsandboxed_ = true;
  log_.warn(
      "image workers run without seccomp, which this kernel or container does not have: a decoder that is taken over "
      "is not contained");
}

void WorkerSupervisor::give_up_slow_starts() {
  const auto now = Clock::now();
  const auto slow =
      std::partition(starting_.begin(), starting_.end(), [&](const Starting& each) { return each.give_up > now; });
  const auto count = static_cast<int>(starting_.end() - slow);
  if (count == 0) return;
  starting_.erase(slow, starting_.end());
  roster_.count_starting(-count);
  for (int i = 0; i < count; ++i) metrics_.died(Death::Start);
  start_failed("an image worker took more than 10 s to warm up");
}

void WorkerSupervisor::start_failed(const std::string& why) {
  ++failures_;
  last_failed_ = Clock::now();
  not_before_ = last_failed_ + pause_after(failures_);
  {
    const std::lock_guard lock(mutex_);
    last_failure_ = why;
  }
  log_.error("an image worker could not be started", {{"error", why}, {"inARow", failures_}});
  if (failures_ >= kFailuresToRefuse) roster_.set_failing(true);
}

}  // namespace tintype
