#pragma once

#include <chrono>

#include "adapters/engine_worker/worker_pool.h"
#include "ports/clock.h"
#include "ports/image_engine.h"
#include "ports/quarantine_store.h"

namespace tintype {

// The ImageEngine in worker processes. A file that crashes a worker or overstays its time is answered with
// ImageUndecodable; the second time its content is put on the quarantine list, and from then on refused at once.
class WorkerEngine final : public ImageEngine {
 public:
  struct Options {
    std::chrono::milliseconds job_deadline{20'000};            // of one probe or render; then its worker is killed
    std::chrono::milliseconds quarantine_time{24 * 3600'000};  // after the last strike
  };
  // `observer` is told what the worker says of the stages.
  WorkerEngine(WorkerPool& pool, QuarantineStore& quarantine, const Clock& clock, Options options,
               MetricsRegistry& metrics, const Logger& log, StageObserver observer = {});

  Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) override;
  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline deadline) override;

 private:
  struct Done {
    worker_protocol::JobReply reply;
    std::vector<std::vector<std::byte>> pictures;
    bool cold_start = false;
  };
  Result<Done> run(const EncodedImage& file, worker_protocol::Job job, Deadline deadline);
  Result<Done> attempt(const EncodedImage& file, worker_protocol::Job job, int descriptor, Deadline deadline,
                       bool& may_retry);
  Error lost_error(const EncodedImage& file, const JobOutcome& outcome, bool had_full_time);
  void strike(std::string_view content_sha256, const std::string& reason);
  Result<void> check_quarantine(std::string_view content_sha256, Deadline deadline);
  void observe(const worker_protocol::JobReply& reply) const;

  WorkerPool& pool_;
  QuarantineStore& quarantine_;
  const Clock& clock_;
  const Options options_;
  const Logger& log_;
  const StageObserver observer_;
  prometheus::Counter& refused_;
};

}  // namespace tintype
