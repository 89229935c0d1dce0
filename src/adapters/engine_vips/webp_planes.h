#pragma once

#include <optional>
#include <span>

#include "adapters/engine_vips/planes.h"
#include "base/result.h"

namespace tintype {

// The samples of a lossy WebP as they are stored, by libwebp itself: what JpegPlanes is for a JPEG. nullopt for one
// that is lossless, animated or has alpha: libvips sees to it. Errors: ImageUndecodable.
Result<std::optional<Planes>> decode_webp_planes(std::span<const std::byte> file);

}  // namespace tintype
