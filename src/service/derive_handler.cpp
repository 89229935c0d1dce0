#include "service/derive_handler.h"

namespace tintype {
namespace {

constexpr std::chrono::seconds kGiveUpTime{30};

}  // namespace

JobResult DeriveHandler::run(const JobAttempt& attempt) {
  const auto job = parse_derive_job(attempt.body);
  if (!job) return JobResult::give_up("the job cannot be read");
  const auto begun = Deadline::Clock::now();
  const auto done = derive_.run(*job, [&attempt] { return attempt.hold.deadline(); });
  if (!done) return after_failure(*job, attempt, done.error());
  mode_.derived(Deadline::Clock::now() - begun);
  return JobResult::done();
}

JobResult DeriveHandler::after_failure(const DeriveJob& job, const JobAttempt& attempt, const Error& error) {
  const bool is_lost = attempt.hold.deadline().expired();
  if (!attempt.is_last || is_lost) return JobResult::retry(to_string(error));
  const Deadline deadline = Deadline::after(kGiveUpTime).earlier_of(attempt.hold.deadline());
  // If this fails too, the image stays processing, and a re-drive finds it.
  const auto given_up = derive_.give_up(job, error, deadline);
  return given_up ? JobResult::give_up(to_string(error)) : JobResult::retry(to_string(given_up.error()));
}

}  // namespace tintype
