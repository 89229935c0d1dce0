#pragma once

#include "worker/job_loop.h"

namespace tintype::worker {

// The life of the zygote: sets libvips up, says so, and forks a worker for each request that comes in over `control`,
// until the other end closes it. Gives the exit code of the process it runs in, which may also be a worker's.
int run_zygote(int control, Deadline::Clock::time_point started, const WorkerPlan& plan);

// main() of a program that is nothing but a zygote: checks the arguments that ZygoteProcess::start gives.
int zygote_main(int argc, char** argv, decltype(WorkerPlan::make_engine) make_engine);

}  // namespace tintype::worker
