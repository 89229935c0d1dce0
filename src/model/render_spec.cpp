#include "model/render_spec.h"

#include <algorithm>
#include <cmath>

namespace tintype {

Size output_size(const RenderSpec& spec, Size source) {
  if (spec.fit == RenderSpec::Fit::Cover) return {spec.width, spec.height};
  if (spec.width == 0 || spec.height == 0) return source;
  const double scale =
      std::min({1.0, static_cast<double>(spec.width) / source.width, static_cast<double>(spec.height) / source.height});
  const auto scaled = [scale](int edge) { return std::max(1, static_cast<int>(std::lround(edge * scale))); };
  return {scaled(source.width), scaled(source.height)};
}

}  // namespace tintype
