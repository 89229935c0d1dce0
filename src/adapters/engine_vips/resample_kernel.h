#pragma once

#include <cstddef>
#include <vector>

namespace tintype {

// Where the samples of a scaled row lie in the one that it is made from, and how they are mixed from its samples: by
// Lanczos with three lobes, stretched over what one sample of the target covers. Samples beyond an end count as the
// last one. The same in both directions.
class ResampleKernel {
 public:
  // `offset`: where the target begins, in samples of the source; `step`: how many of them one of the target covers.
  // Counts from 1, `step` above 0.
  ResampleKernel(int source_count, int target_count, double offset, double step);

  int count() const { return static_cast<int>(first_.size()); }
  // Weights of each sample of the target; of some the last ones are zero, and beyond the end of the source.
  int taps() const { return taps_; }
  // The sample of the source that the first weight is of, for each of count().
  const int* first() const { return first_.data(); }
  const float* weights(int index) const { return weights_.data() + static_cast<std::ptrdiff_t>(index) * taps_; }
  // Samples of the source from here to there (exclusive) are all that is used.
  int begin() const { return begin_; }
  int end() const { return end_; }

 private:
  std::vector<int> first_;
  std::vector<float> weights_;
  int taps_ = 1;
  int begin_ = 0;
  int end_ = 0;
};

}  // namespace tintype
