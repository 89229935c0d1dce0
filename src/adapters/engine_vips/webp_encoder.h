#pragma once

#include <webp/encode.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/engine_vips/pixel_view.h"
#include "adapters/engine_vips/planes.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// One picture on its way into a lossy WebP, by libwebp itself: libvips 8.14's webpsave cannot be stopped by a deadline
// and leaves EXIF and GPS in the file although told to strip. What is made here has no metadata chunk, and an ALPH
// chunk only if a pixel is not opaque.
class WebpEncoder {
 public:
  // Takes a copy in WebP's own form (1.5 bytes a pixel), so that the pixels can be freed before encode.
  // Errors: Internal.
  static Result<WebpEncoder> import(const PixelView& pixels);
  // Planes of webp_shape(), which it keeps. Errors: Internal.
  static Result<WebpEncoder> take(Planes planes);

  // `quality` 1 to 100, `effort` 0 to 6. Call once. Errors: DeadlineExceeded; Internal.
  Result<std::vector<std::byte>> encode(int quality, int effort, Deadline deadline);

 private:
  struct Free {
    void operator()(WebPPicture* picture) const;
  };
  using PicturePtr = std::unique_ptr<WebPPicture, Free>;

  explicit WebpEncoder(PicturePtr picture) : picture_(std::move(picture)) {}
  static Result<PicturePtr> new_picture(Size size);

  std::optional<Planes> planes_;  // if the picture lies in them
  PicturePtr picture_;
};

}  // namespace tintype
