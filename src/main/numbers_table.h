#pragma once

#include <string>

#include "base/metrics/numbers.h"
#include "main/numbers_composition.h"

namespace tintype {

// ColdStarts has it as FunctionName.
inline constexpr const char* kWorkerPoolName = "tintype-worker";

// The numbers of the service: what /ops/stats and CloudWatch call what is in the registry. All that `sources` refers to
// must outlive it.
NumbersTable numbers_table(const std::string& stage, const NumberSources& sources);

}  // namespace tintype
