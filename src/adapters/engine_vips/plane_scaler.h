#pragma once

#include "adapters/engine_vips/framing.h"
#include "adapters/engine_vips/plane_source.h"
#include "base/deadline.h"

namespace tintype {

// `crop` of a picture at the size of `shape`, which has the colour of the source, or YuvLimited for a source that is
// Gray or either Yuv. By Lanczos with three lobes. Reads the source once and keeps few of its rows. May throw
// bad_alloc. Errors: those of the source; DeadlineExceeded.
Result<Planes> scale(PlaneSource& source, const Crop& crop, const PlanesShape& shape, Deadline deadline);
Result<Planes> scale(const Planes& source, const Crop& crop, const PlanesShape& shape, Deadline deadline);

}  // namespace tintype
