// The inner loops of scaling: weighted sums of 8-bit samples, eight at a time in vector registers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "adapters/engine_vips/resample_kernel.h"

namespace tintype {

// What becomes of a mixed sample before it is rounded.
struct SampleRange {
  float gain = 1;
  float bias = 0;
};

// Mixes rows of the source into rows of the target, in both directions.
class RowMixer {
 public:
  // Kernels along a row and across rows, both borrowed.
  RowMixer(const ResampleKernel& along, const ResampleKernel& across, SampleRange range);

  static constexpr int kRows = 8;
  // Writes the rows of the target that follow `y`, as many as there are rows in `target`, at most kRows. `source(i)`
  // gives row i of the source.
  template <typename SourceRow>
  void mix(int y, const SourceRow& source, std::span<std::uint8_t* const> target) {
    for (std::size_t row = 0; row < target.size(); ++row) {
      const int index = y + static_cast<int>(row);
      for (int tap = 0; tap < across_.taps(); ++tap) {
        sources_[static_cast<std::size_t>(tap)] = source(std::min(across_.first()[index] + tap, across_.end() - 1));
      }
      mix_across(across_.weights(index), row);
    }
    mix_along(target);
  }

 private:
  void mix_across(const float* weights, std::size_t row);
  void mix_along(std::span<std::uint8_t* const> target);

  const ResampleKernel& along_;
  const ResampleKernel& across_;
  const SampleRange range_;
  std::vector<const std::uint8_t*> sources_;
  std::size_t width_;              // of a row in mixed_
  std::vector<float> mixed_;       // kRows rows
  std::vector<float> columns_;     // the same, but kRows samples of a column beside each other
  std::vector<std::uint8_t> out_;  // likewise, of the target
};

}  // namespace tintype
