// DESIGN. Who is to blame for a lost worker decides the answer. A crash or an endless job is the file's doing: 422, and
// a strike against its content. A SIGKILL that was not ours says nothing about the file (an operator, or the kernel out
// of memory), so the job is done once more in another worker, and then it is 503. A job that was cut short because its
// request had waited too long is no strike either.
#include "adapters/engine_worker/worker_engine.h"

#include "adapters/engine_worker/protocol/sealed_memory.h"

namespace tintype {
namespace {

using namespace worker_protocol;

// For the worker to notice the deadline by itself, which spares its life.
constexpr auto kGrace = std::chrono::milliseconds(250);
constexpr auto kQuarantineTime = std::chrono::seconds(1);  // for the store to answer; it is a local file

std::string message_of(const JobOutcome& outcome) {
  return outcome.loss == JobOutcome::Loss::Deadline ? "the image took too long to process"
                                                    : "the image cannot be processed";
}

std::string reason_of(const JobOutcome& outcome) {
  if (outcome.loss == JobOutcome::Loss::Died) return to_string(outcome.end);
  return std::string(death_name(death_of(outcome)));
}

bool is_nobodys_fault(const JobOutcome& outcome) {
  return death_of(outcome) == Death::Killed;
}

}  // namespace

WorkerEngine::WorkerEngine(WorkerPool& pool, QuarantineStore& quarantine, const Clock& clock, Options options,
                           MetricsRegistry& metrics, const Logger& log, StageObserver observer)
    : pool_(pool),
      quarantine_(quarantine),
      clock_(clock),
      options_(options),
      log_(log),
      observer_(std::move(observer)),
      refused_(metrics.counter("tintype_quarantine_refusals_total",
                               "Files refused because their content is on the quarantine list.")) {}

Result<ProbedImage> WorkerEngine::probe(const EncodedImage& file, Deadline deadline) {
  pool_.count_request();
  auto done = run(file, {.kind = Job::Kind::Probe}, deadline);
  if (!done) return fail(std::move(done.error()));
  return ProbedImage{std::get<ImageHeader>(done->reply.outcome), done->cold_start};
}

Result<std::vector<RenderedImage>> WorkerEngine::render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                            Deadline deadline) {
  auto done = run(file, {.kind = Job::Kind::Render, .specs = {specs.begin(), specs.end()}}, deadline);
  if (!done) return fail(std::move(done.error()));
  std::vector<RenderedImage> rendered;
  auto& facts = std::get<Pictures>(done->reply.outcome);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    rendered.push_back({std::move(done->pictures[i]), facts[i].width, facts[i].height, std::move(facts[i].thumb_hash),
                        done->cold_start});
  }
  return rendered;
}

Result<WorkerEngine::Done> WorkerEngine::run(const EncodedImage& file, Job job, Deadline deadline) {
  if (!detect_format(file.bytes)) {
    return fail(ErrorCode::InvalidFileType, "the file is not a JPEG, PNG or WebP image");
  }
  if (auto checked = check_quarantine(file.content_sha256, deadline); !checked) return fail(checked.error());
  UniqueFd copy;
  if (file.descriptor < 0) {
    copy = sealed_copy(file.bytes, "image");
    if (!copy) return fail(ErrorCode::Overloaded, "there is no memory for the image; try again shortly", "memfd");
  }
  const int descriptor = copy ? copy.get() : file.descriptor;
  job.file_bytes = file.bytes.size();
  bool may_retry = true;
  auto done = attempt(file, job, descriptor, deadline, may_retry);
  if (!done && may_retry) done = attempt(file, job, descriptor, deadline, may_retry);
  return done;
}

Result<WorkerEngine::Done> WorkerEngine::attempt(const EncodedImage& file, Job job, int descriptor, Deadline deadline,
                                                 bool& may_retry) {
  may_retry = false;
  if (deadline.expired()) return fail(ErrorCode::ImageUndecodable, "the image took too long to process");
  auto lease = pool_.borrow(deadline);
  if (!lease) return fail(lease.error());
  const Deadline own = Deadline::after(options_.job_deadline);
  const Deadline last = own.earlier_of(deadline);
  const bool had_full_time = last.time_point() == own.time_point();
  // Borrowing may have taken all the time; a negative one is malformed, and would cost the worker its life.
  job.time =
      std::max(std::chrono::duration_cast<microseconds>(last.time_point() - Deadline::Clock::now()), microseconds(0));
  Done done;
  done.cold_start = lease->cold_start();
  JobOutcome outcome = lease->run(job, descriptor, last.later_by(kGrace));
  if (!outcome.reply) {
    may_retry = is_nobodys_fault(outcome);
    return fail(lost_error(file, outcome, had_full_time));
  }
  observe(*outcome.reply);
  if (auto* const error = std::get_if<Error>(&outcome.reply->outcome)) return fail(std::move(*error));
  done.reply = std::move(*outcome.reply);
  done.pictures = std::move(outcome.pictures);
  return done;
}

Error WorkerEngine::lost_error(const EncodedImage& file, const JobOutcome& outcome, bool had_full_time) {
  const std::string detail = "image worker lost: " + reason_of(outcome);
  if (is_nobodys_fault(outcome)) {
    return {ErrorCode::Overloaded, "the image worker was stopped; try again shortly", detail};
  }
  if (outcome.loss != JobOutcome::Loss::Deadline || had_full_time) strike(file.content_sha256, reason_of(outcome));
  return {ErrorCode::ImageUndecodable, message_of(outcome), detail};
}

void WorkerEngine::strike(std::string_view content_sha256, const std::string& reason) {
  if (content_sha256.empty()) return;
  const UnixTime now = clock_.now();
  const auto entry = quarantine_.add_strike(content_sha256, reason, now, now + options_.quarantine_time,
                                            Deadline::after(kQuarantineTime));
  if (!entry) {
    log_.error("a strike against a file could not be kept",
               {{"sha256", content_sha256}, {"reason", reason}, {"error", to_string(entry.error())}});
    return;
  }
  const bool quarantined = entry->strikes >= kStrikesToQuarantine;
  log_.warn(quarantined ? "a file is quarantined: it cost an image worker again" : "a file cost an image worker",
            {{"sha256", content_sha256}, {"reason", reason}, {"strikes", entry->strikes}});
}

// A store that does not answer lets the file through: it is contained all the same.
Result<void> WorkerEngine::check_quarantine(std::string_view content_sha256, Deadline deadline) {
  if (content_sha256.empty()) return {};
  const auto entry =
      quarantine_.find(content_sha256, clock_.now(), deadline.earlier_of(Deadline::after(kQuarantineTime)));
  if (!entry) log_.warn("the quarantine list could not be read", {{"error", to_string(entry.error())}});
  if (!entry || !*entry || (*entry)->strikes < kStrikesToQuarantine) return {};
  refused_.Increment();
  log_.warn("a quarantined file was refused", {{"sha256", content_sha256}, {"reason", (*entry)->reason}});
  return fail(ErrorCode::ImageUndecodable, "this file stopped the image processing before and is refused for now",
              "quarantined: " + std::string(content_sha256) + ", " + (*entry)->reason);
}

void WorkerEngine::observe(const JobReply& reply) const {
  if (!observer_) return;
  for (const StageTime& stage : reply.stages) {
    observer_(stage_name(stage.stage), std::chrono::duration<double>(stage.took).count());
  }
}

}  // namespace tintype
