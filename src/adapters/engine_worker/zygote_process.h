#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "adapters/engine_worker/child_process.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// The path of a program in the same directory as this one.
std::filesystem::path program_beside_this(std::string_view name);

// A worker that has been forked and is warming up.
struct ForkedWorker {
  ChildProcess process;
  UniqueFd socket;
};

// The process that workers are forked from: src/worker/zygote.cpp at the other end.
//
// Thread safety: one thread at a time. The kernel ends the zygote when the thread that called start() ends.
class ZygoteProcess {
 public:
  // Starts `program`, with an empty environment and no descriptors but the control socket and stderr; a worker may use
  // `memory_limit` bytes beyond its libraries. Does not wait for it to be ready. Error: Internal, with what to do.
  static Result<std::unique_ptr<ZygoteProcess>> start(const std::filesystem::path& program, std::uint64_t memory_limit);

  // For poll(2): readable when the zygote has become ready, or has died.
  int socket() const { return control_.get(); }
  pid_t pid() const { return process_.pid(); }

  // Reads what made socket() readable. False if the zygote has died, or talks nonsense.
  bool receive_ready();
  bool is_ready() const { return ready_; }

  // Error: Internal; the zygote should be given up then.
  Result<ForkedWorker> fork_worker(Deadline deadline);

  // How it ended, if it has; ends it if not. Only after a failure of the others.
  ProcessEnd end() { return process_.kill(); }

 private:
  ZygoteProcess(ChildProcess process, UniqueFd control) : process_(std::move(process)), control_(std::move(control)) {}

  ChildProcess process_;
  UniqueFd control_;
  bool ready_ = false;
};

}  // namespace tintype
