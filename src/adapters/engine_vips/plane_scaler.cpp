// DESIGN. Rows of the source pass through a ring that is as high as the kernel: rows of the target are mixed from it as
// soon as what they need is there. So a picture of any size is scaled in a few rows of memory, which stay in the cache,
// while it is being decoded. Rejected, all measured (docs/performance.md): vips_resize of 8.14, which took two thirds
// of a render; zimg, which takes 5 ms to set up, and reads its source once for each column of tiles, so that all of it
// must be in memory; shrinking by more in the decoder, which is softer and in libjpeg-turbo not faster.
#include "adapters/engine_vips/plane_scaler.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "adapters/engine_vips/row_mixer.h"

namespace tintype {
namespace {

ResampleKernel kernel(int source_count, int target_count, double offset, double step, int source_shift,
                      int target_shift) {
  const double source_scale = 1 << source_shift, target_scale = 1 << target_shift;
  return {source_count, target_count, offset / source_scale, step * target_scale / source_scale};
}

// From 0 to 255 to where VP8 has black and white, and no colour at 128 in both.
SampleRange range_between(PlaneColour from, PlaneColour to, int plane) {
  if (from == to || to != PlaneColour::YuvLimited) return {};
  if (plane == 0) return {.gain = 219.F / 255.F, .bias = 16.F};
  return {.gain = 224.F / 255.F, .bias = 128.F - 128.F * 224.F / 255.F};
}

// One plane on its way: the rows of the source that it still needs, and how far the target is.
class PlaneScaler {
 public:
  PlaneScaler(const PlaneSource& source, const Crop& crop, Planes& target, int plane)
      : target_(target),
        plane_(plane),
        strip_(source.strip_rows() >> (plane == 0 ? 0 : source.shape().shift_y)),
        from_(source.shape().plane_size(plane)),
        to_(target.shape().plane_size(plane)),
        along_(kernel_along(source.shape(), crop)),
        across_(kernel_across(source.shape(), crop)),
        mixer_(along_, across_, range_between(source.shape().colour, target.shape().colour, plane)),
        stride_(static_cast<std::size_t>(std::max(source.row_bytes(plane), from_.width))),
        rows_(rows_needed() + strip_),
        ring_(stride_ * static_cast<std::size_t>(rows_)) {}

  // Where the next strip of the source goes.
  void point_to(std::array<std::uint8_t*, StripRows::kMost>& rows) {
    for (int i = 0; i < strip_; ++i) rows[static_cast<std::size_t>(i)] = row(there_ + i);
  }

  // The strip is there: writes what can be written of the target.
  void advance() {
    there_ = std::min(there_ + strip_, from_.height);
    while (next_ < to_.height) {
      const int count = std::min(RowMixer::kRows, to_.height - next_);
      if (last_row_for(next_ + count - 1) >= there_) return;
      std::array<std::uint8_t*, RowMixer::kRows> rows{};
      for (int i = 0; i < count; ++i) rows[static_cast<std::size_t>(i)] = target_.row(plane_, next_ + i);
      mixer_.mix(next_, [this](int y) { return row(y); }, std::span(rows).first(static_cast<std::size_t>(count)));
      next_ += count;
    }
  }

  bool done() const { return next_ == to_.height; }

 private:
  int shift_x(const PlanesShape& shape) const { return plane_ == 0 ? 0 : shape.shift_x; }
  int shift_y(const PlanesShape& shape) const { return plane_ == 0 ? 0 : shape.shift_y; }
  ResampleKernel kernel_along(const PlanesShape& source, const Crop& crop) const {
    const double step = static_cast<double>(crop.width) / target_.shape().size.width;
    return kernel(from_.width, to_.width, crop.left, step, shift_x(source), shift_x(target_.shape()));
  }
  ResampleKernel kernel_across(const PlanesShape& source, const Crop& crop) const {
    const double step = static_cast<double>(crop.height) / target_.shape().size.height;
    return kernel(from_.height, to_.height, crop.top, step, shift_y(source), shift_y(target_.shape()));
  }

  int last_row_for(int y) const { return std::min(across_.first()[y] + across_.taps(), across_.end()) - 1; }
  // For kRows rows of the target at one time.
  int rows_needed() const {
    int most = 0;
    for (int y = 0; y < to_.height; ++y) {
      most = std::max(most, last_row_for(std::min(y + RowMixer::kRows, to_.height) - 1) - across_.first()[y] + 1);
    }
    return most;
  }
  std::uint8_t* row(int y) { return ring_.data() + stride_ * static_cast<std::size_t>(y % rows_); }

  Planes& target_;
  const int plane_;
  const int strip_;
  const Size from_, to_;
  const ResampleKernel along_, across_;
  RowMixer mixer_;
  const std::size_t stride_;
  const int rows_;
  std::vector<std::uint8_t> ring_;
  int there_ = 0;  // rows of the source so far
  int next_ = 0;   // row of the target
};

// A picture in memory as a source.
class PlanesInMemory final : public PlaneSource {
 public:
  explicit PlanesInMemory(const Planes& planes) : planes_(planes) {}

  const PlanesShape& shape() const override { return planes_.shape(); }
  int strip_rows() const override { return kStrip; }
  Result<void> read_strip(const StripRows& rows) override {
    for (int plane = 0; plane < shape().planes(); ++plane) {
      const int shift = plane == 0 ? 0 : shape().shift_y;
      const Size size = shape().plane_size(plane);
      for (int i = 0; i < kStrip >> shift && (next_ >> shift) + i < size.height; ++i) {
        std::memcpy(rows.plane[static_cast<std::size_t>(plane)][static_cast<std::size_t>(i)],
                    planes_.row(plane, (next_ >> shift) + i), static_cast<std::size_t>(size.width));
      }
    }
    next_ += kStrip;
    return {};
  }

 private:
  static constexpr int kStrip = 16;
  const Planes& planes_;
  int next_ = 0;
};

void fill_with_gray(Planes& planes) {
  for (int plane = 1; plane < planes.shape().planes(); ++plane) {
    const auto rows = static_cast<std::size_t>(planes.shape().plane_size(plane).height);
    std::memset(planes.data(plane), 128, static_cast<std::size_t>(planes.stride(plane)) * rows);
  }
}

}  // namespace

Result<Planes> scale(PlaneSource& source, const Crop& crop, const PlanesShape& shape, Deadline deadline) {
  Planes scaled(shape);
  if (source.shape().colour == PlaneColour::Gray) fill_with_gray(scaled);
  std::vector<std::unique_ptr<PlaneScaler>> scalers;
  for (int plane = 0; plane < source.shape().planes(); ++plane) {
    scalers.push_back(std::make_unique<PlaneScaler>(source, crop, scaled, plane));
  }
  while (!std::ranges::all_of(scalers, &PlaneScaler::done)) {
    if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "the deadline has passed");
    StripRows rows;
    for (std::size_t plane = 0; plane < scalers.size(); ++plane) scalers[plane]->point_to(rows.plane[plane]);
    if (const auto read = source.read_strip(rows); !read) return fail(read.error());
    for (const auto& scaler : scalers) scaler->advance();
  }
  return scaled;
}

Result<Planes> scale(const Planes& source, const Crop& crop, const PlanesShape& shape, Deadline deadline) {
  PlanesInMemory in_memory(source);
  return scale(in_memory, crop, shape, deadline);
}

}  // namespace tintype
