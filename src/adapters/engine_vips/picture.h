#pragma once

#include <optional>
#include <span>
#include <variant>

#include "adapters/engine_vips/planes.h"
#include "adapters/engine_vips/vips_image.h"
#include "adapters/engine_vips/webp_encoder.h"
#include "base/deadline.h"
#include "model/image_format.h"
#include "model/render_spec.h"

namespace tintype {

// What a render shows, before it is encoded: upright, sized, 8-bit sRGB, in memory.
class Picture {
 public:
  // Decodes `file`. Errors: ImageUndecodable, also when the deadline passes; ImageTooLarge if the result would have an
  // edge over kMaxWebpEdge. A Cover judges only what it shows: damage below the crop may go unnoticed.
  static Result<Picture> decode(std::span<const std::byte> file, ImageFormat format, const RenderSpec& spec,
                                Deadline deadline);

  // The same picture as another spec shows it; nullopt if it would have to be enlarged, so that the file may have more.
  // Errors: ImageUndecodable when the deadline passes; Internal.
  Result<std::optional<Picture>> scaled(const RenderSpec& spec, Deadline deadline) const;

  Size size() const;
  std::vector<std::byte> thumb_hash() const;
  // Takes what it needs of the picture, which is then gone. Errors: Internal.
  Result<WebpEncoder> encoder() &&;

 private:
  using Pixels = std::variant<Planes, VipsImagePtr>;  // planes are YuvLimited, in 4:2:0
  explicit Picture(Pixels pixels) : pixels_(std::move(pixels)) {}
  static Result<Picture> upright_planes(Result<Planes> stored, int orientation);
  static Result<Picture> decode_by_vips(VipsImagePtr source, RenderSpec::Fit fit, Size target, Deadline deadline);

  Pixels pixels_;
};

}  // namespace tintype
