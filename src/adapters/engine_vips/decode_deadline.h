#pragma once

#include "adapters/engine_vips/vips_image.h"
#include "base/deadline.h"

namespace tintype {

// `source`, but asking it for pixels fails once the deadline has passed. Both arguments must outlive the image. A
// decoder that delivers nothing for long (progressive JPEG, WebP) is stopped only after it has: the bound that always
// holds is the death of the process (adapters/engine_worker).
Result<VipsImagePtr> stop_at_deadline(VipsImage* source, const Deadline& deadline);

}  // namespace tintype
