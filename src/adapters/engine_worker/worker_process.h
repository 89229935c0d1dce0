#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "adapters/engine_worker/protocol/messages.h"
#include "adapters/engine_worker/zygote_process.h"
#include "base/deadline.h"

namespace tintype {

// How long the parts of a worker's start took.
struct WorkerStart {
  std::chrono::microseconds spawn{};    // from the wish for it to the process
  std::chrono::microseconds load{};     // its own set-up
  std::chrono::microseconds warm_up{};  // lock-in
};

// What became of a job.
struct JobOutcome {
  enum class Loss {
    None,
    Died,      // by itself, or by a signal that was not ours
    Deadline,  // killed by us
    Nonsense,  // sent what no worker sends; killed by us
  };
  std::optional<worker_protocol::JobReply> reply;  // absent if the worker was lost
  std::vector<std::vector<std::byte>> pictures;    // of a render that went well
  Loss loss = Loss::None;
  ProcessEnd end = {};  // if it was lost
};

// The service's end of one image worker: src/worker/job_loop.cpp at the other.
//
// Thread safety: one thread at a time.
class WorkerProcess {
 public:
  WorkerProcess(ForkedWorker forked, std::chrono::microseconds spawn);

  // Runs one job on the file behind `descriptor`, and kills the worker if it has not answered by `deadline`. After a
  // loss the worker is of no more use.
  JobOutcome run(const worker_protocol::Job& job, int descriptor, Deadline deadline);

  // Reads what made socket() readable while it warms up. False if it has died, or talks nonsense.
  bool receive_ready();

  int socket() const { return socket_.get(); }
  bool has_ended() const { return process_.has_ended(); }
  int pidfd() const { return process_.pidfd(); }
  pid_t pid() const { return process_.pid(); }
  ProcessEnd end() { return process_.wait_or_kill(); }
  bool sandboxed() const { return sandboxed_; }
  const WorkerStart& start() const { return start_; }
  int jobs() const { return jobs_; }
  // Bytes in memory, as the kernel sees it; 0 if it cannot be read.
  std::uint64_t resident_bytes() const;

 private:
  JobOutcome lost(JobOutcome::Loss loss);
  JobOutcome accept(worker_protocol::JobReply reply, int pictures, std::span<const RenderSpec> specs);

  ChildProcess process_;
  UniqueFd socket_;
  WorkerStart start_;
  bool sandboxed_ = false;
  int jobs_ = 0;
};

}  // namespace tintype
