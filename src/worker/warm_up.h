#pragma once

#include "ports/image_engine.h"

namespace tintype::worker {

// Renders an embedded picture, so that what libraries do at first use (threads, tables, code compiled at run time) is
// done before the first job, and before lock_in() forbids it. False if the picture did not come out.
bool warm_up(ImageEngine& engine);

}  // namespace tintype::worker
