// The geometry of a render, in the orientation in which the file stores the picture. No libvips here.
#pragma once

#include "model/image_format.h"
#include "model/render_spec.h"

namespace tintype {

struct Crop {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  friend bool operator==(const Crop&, const Crop&) = default;
};

// The largest centred part of `source` that has the shape of `target`; at least 1 x 1.
Crop centred_crop(Size source, Size target);

// The part of `source` that a render shows.
Crop shown_part(RenderSpec::Fit fit, Size source, Size target);

// By how much the decoder may shrink while loading (1, 2, 4, 8), so that `shown`, in pixels of the file, keeps at least
// 1.5 times the edges of `target` for the resize that follows: less than the target itself is visibly soft, and
// exactly the target leaves the decoder's box filter as the only one.
int shrink_on_load(ImageFormat format, Size shown, Size target);

}  // namespace tintype
