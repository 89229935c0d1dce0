#pragma once

#include "ports/image_engine.h"

namespace tintype::worker {

// Renders an embedded picture, so that what libraries do at first use (threads, tables, code compiled at run time) is
// done once, in the zygote, and before lock_in() forbids it. It is a JPEG that stays in planes, so that libvips
// runs no pipeline and starts no thread. False if the picture did not come out.
bool warm_up(ImageEngine& engine);

}  // namespace tintype::worker
