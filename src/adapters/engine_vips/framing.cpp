#include "adapters/engine_vips/framing.h"

#include <algorithm>
#include <cmath>

namespace tintype {

Crop centred_crop(Size source, Size target) {
  const double aspect = static_cast<double>(target.width) / target.height;
  const int width = std::clamp(static_cast<int>(std::lround(source.height * aspect)), 1, source.width);
  const int height = std::clamp(static_cast<int>(std::lround(source.width / aspect)), 1, source.height);
  return {(source.width - width) / 2, (source.height - height) / 2, width, height};
}

Crop shown_part(RenderSpec::Fit fit, Size source, Size target) {
  if (fit == RenderSpec::Fit::Cover) return centred_crop(source, target);
  return {0, 0, source.width, source.height};
}

int shrink_on_load(ImageFormat format, Size shown, Size target) {
  if (format == ImageFormat::Png) return 1;
  const auto keeps_enough = [&](int shrink) {
    return shown.width >= 1.5 * shrink * target.width && shown.height >= 1.5 * shrink * target.height;
  };
  for (const int shrink : {8, 4, 2}) {
    if (keeps_enough(shrink)) return shrink;
  }
  return 1;
}

}  // namespace tintype
