#pragma once

#include <memory>

#include "base/result.h"
#include "ports/image_engine.h"

namespace tintype {

// The engine of engine=inprocess, from the module that lies beside this program (engine_module/). To be called before
// the process has threads. Internal: the module is missing, cannot be loaded or is of another version; the message says
// what to do about it.
Result<std::unique_ptr<ImageEngine>> load_in_process_engine(StageObserver observer);

}  // namespace tintype
