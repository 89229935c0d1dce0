#include "adapters/engine_vips/planes.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace tintype {
namespace {

constexpr std::size_t kAlignment = 64;

int rounded_up(int value, int step) {
  return (value + step - 1) / step * step;
}

// Where a sample of the upright picture is in the stored one.
struct Placement {
  bool transposed = false;
  bool from_right = false;
  bool from_below = false;
};

Placement placement_of(int orientation) {
  switch (orientation) {
    case 2:
      return {.from_right = true};
    case 3:
      return {.from_right = true, .from_below = true};
    case 4:
      return {.from_below = true};
    case 5:
      return {.transposed = true};
    case 6:
      return {.transposed = true, .from_below = true};
    case 7:
      return {.transposed = true, .from_right = true, .from_below = true};
    case 8:
      return {.transposed = true, .from_right = true};
    default:
      return {};
  }
}

void turn_plane(const Planes& stored, Planes& turned, int plane, const Placement& placement) {
  const Size from = stored.shape().plane_size(plane);
  const Size to = turned.shape().plane_size(plane);
  const std::ptrdiff_t step_x = placement.from_right ? -1 : 1;
  const std::ptrdiff_t step_y = (placement.from_below ? -1 : 1) * stored.stride(plane);
  const std::uint8_t* const first =
      stored.row(plane, placement.from_below ? from.height - 1 : 0) + (placement.from_right ? from.width - 1 : 0);
  const std::ptrdiff_t across = placement.transposed ? step_y : step_x;
  const std::ptrdiff_t down = placement.transposed ? step_x : step_y;
  for (int y = 0; y < to.height; ++y) {
    std::uint8_t* const row = turned.row(plane, y);
    for (int x = 0; x < to.width; ++x) row[x] = first[y * down + x * across];
  }
}

// The mean of the samples that lie under column `x` and row `y` of a picture of `small`.
double mean(const Planes& picture, int plane, Size small, int x, int y) {
  const Size size = picture.shape().plane_size(plane);
  const auto begin = [](int index, int edge, int count) { return std::min(index * edge / count, edge - 1); };
  const int left = begin(x, size.width, small.width), right = std::max(left + 1, (x + 1) * size.width / small.width);
  const int top = begin(y, size.height, small.height), bottom = std::max(top + 1, (y + 1) * size.height / small.height);
  std::uint64_t sum = 0;
  for (int row = top; row < bottom; ++row) {
    const std::uint8_t* const samples = picture.row(plane, row);
    for (int column = left; column < right; ++column) sum += samples[column];
  }
  return static_cast<double>(sum) / (right - left) / (bottom - top);
}

std::uint8_t to_sample(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

}  // namespace

int PlanesShape::planes() const {
  if (colour == PlaneColour::Gray) return 1;
  return colour == PlaneColour::Cmyk ? 4 : 3;
}

Size PlanesShape::plane_size(int plane) const {
  if (plane == 0) return size;
  return {(size.width + (1 << shift_x) - 1) >> shift_x, (size.height + (1 << shift_y) - 1) >> shift_y};
}

PlanesShape webp_shape(Size size) {
  return {.size = size, .colour = PlaneColour::YuvLimited, .shift_x = 1, .shift_y = 1};
}

void Planes::Free::operator()(std::uint8_t* data) const {
  ::operator delete(data, std::align_val_t(kAlignment));
}

Planes::Planes(const PlanesShape& shape) : shape_(shape) {
  for (int plane = 0; plane < shape.planes(); ++plane) {
    const Size size = shape.plane_size(plane);
    const int stride = rounded_up(size.width, kAlignment);
    const std::size_t bytes = static_cast<std::size_t>(stride) * size.height;
    planes_[static_cast<std::size_t>(plane)] = {std::unique_ptr<std::uint8_t, Free>(static_cast<std::uint8_t*>(
                                                    ::operator new(bytes, std::align_val_t(kAlignment)))),
                                                stride};
  }
}

Planes upright(Planes stored, int orientation) {
  if (orientation <= 1 || orientation > 8) return stored;
  const Placement placement = placement_of(orientation);
  PlanesShape shape = stored.shape();
  if (placement.transposed) {
    std::swap(shape.size.width, shape.size.height);
    std::swap(shape.shift_x, shape.shift_y);
  }
  Planes turned(shape);
  for (int plane = 0; plane < shape.planes(); ++plane) turn_plane(stored, turned, plane, placement);
  return turned;
}

SmallRgb averaged_rgb(const Planes& picture, int longest) {
  const Size small = output_size({.width = longest, .height = longest}, picture.shape().size);
  SmallRgb rgb{.bytes = {}, .width = small.width, .height = small.height};
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      // ITU-R BT.601, with the ranges of 8-bit video.
      const double luma = (mean(picture, 0, small, x, y) - 16) * 255 / 219;
      const double blue = (mean(picture, 1, small, x, y) - 128) * 255 / 224;
      const double red = (mean(picture, 2, small, x, y) - 128) * 255 / 224;
      rgb.bytes.push_back(to_sample(luma + 1.402 * red));
      rgb.bytes.push_back(to_sample(luma - 0.344136 * blue - 0.714136 * red));
      rgb.bytes.push_back(to_sample(luma + 1.772 * blue));
    }
  }
  return rgb;
}

}  // namespace tintype
