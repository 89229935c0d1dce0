#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/deadline.h"
#include "ports/image_engine.h"

namespace tintype::worker {

// What a worker is to be.
struct WorkerPlan {
  std::function<std::unique_ptr<ImageEngine>(StageObserver)> make_engine;
  std::uint64_t memory_limit = 0;  // bytes beyond its libraries
};

// The life of an image worker: locks itself in, says so, and then renders what comes in over `socket` until
// the other end closes it. `forked` is when its life began. Gives the exit code of the process: 0 after that.
int run_worker(int socket, Deadline::Clock::time_point forked, const WorkerPlan& plan);

}  // namespace tintype::worker
