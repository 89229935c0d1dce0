#include "adapters/engine_vips/row_mixer.h"

#include <algorithm>
#include <cstring>

// Functions so marked are compiled once more for processors with wide vectors, and the loader chooses. The choice is
// made before a sanitizer is ready for it.
#if defined(__x86_64__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define TINTYPE_WIDE_VECTORS __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define TINTYPE_WIDE_VECTORS
#endif

namespace tintype {
namespace {

using Floats = float __attribute__((ext_vector_type(8)));
using Ints = int __attribute__((ext_vector_type(8)));
using Bytes = std::uint8_t __attribute__((ext_vector_type(8)));

// mixed[x] = the sum of rows[i][x] times weights[i].
TINTYPE_WIDE_VECTORS
void mix_rows(const std::uint8_t* const* rows, const float* weights, int count, int begin, int end, float* mixed) {
  for (int x = begin; x < end; ++x) mixed[x] = weights[0] * rows[0][x];
  int i = 1;
  for (; i + 1 < count; i += 2) {  // two at a time: the sum is read and written half as often
    const std::uint8_t *const first = rows[i], *const second = rows[i + 1];
    const float a = weights[i], b = weights[i + 1];
    for (int x = begin; x < end; ++x) mixed[x] += a * first[x] + b * second[x];
  }
  if (i < count) {
    for (int x = begin; x < end; ++x) mixed[x] += weights[i] * rows[i][x];
  }
}

// columns[8 * x + i] = rows[i * width + x]. By pairs, then pairs of pairs, then halves.
TINTYPE_WIDE_VECTORS
void turn_floats(const float* rows, std::size_t width, int begin, int end, float* columns) {
  int x = begin;
  for (; x + 8 <= end; x += 8) {
    Floats row[8], pair[8], four[8];
    for (std::size_t i = 0; i < 8; ++i) std::memcpy(&row[i], rows + i * width + x, sizeof row[i]);
    for (int i = 0; i < 4; ++i) {
      pair[2 * i] = __builtin_shufflevector(row[2 * i], row[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
      pair[2 * i + 1] = __builtin_shufflevector(row[2 * i], row[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
      for (int j = 0; j < 2; ++j) {
        four[i + 2 * j] = __builtin_shufflevector(pair[i + j], pair[i + 2 + j], 0, 1, 8, 9, 4, 5, 12, 13);
        four[i + 2 * j + 1] = __builtin_shufflevector(pair[i + j], pair[i + 2 + j], 2, 3, 10, 11, 6, 7, 14, 15);
      }
    }
    for (int i = 0; i < 4; ++i) {
      const Floats low = __builtin_shufflevector(four[i], four[4 + i], 0, 1, 2, 3, 8, 9, 10, 11);
      const Floats high = __builtin_shufflevector(four[i], four[4 + i], 4, 5, 6, 7, 12, 13, 14, 15);
      std::memcpy(columns + 8 * (x + i), &low, sizeof low);
      std::memcpy(columns + 8 * (x + 4 + i), &high, sizeof high);
    }
  }
  for (; x < end; ++x) {
    for (std::size_t i = 0; i < 8; ++i) columns[8 * static_cast<std::size_t>(x) + i] = rows[i * width + x];
  }
}

TINTYPE_WIDE_VECTORS
void mix_columns(const float* columns, const int* first, const float* weights, int taps, int count, SampleRange range,
                 std::uint8_t* out) {
  for (int x = 0; x < count; ++x, weights += taps) {
    const float* const from = columns + 8 * static_cast<std::ptrdiff_t>(first[x]);
    Floats sum = 0;
    for (int tap = 0; tap < taps; ++tap) {
      Floats column;
      std::memcpy(&column, from + 8 * tap, sizeof column);
      sum += column * weights[tap];
    }
    sum = sum * range.gain + (range.bias + 0.5F);
    sum = __builtin_elementwise_min(__builtin_elementwise_max(sum, Floats(0.F)), Floats(255.F));
    const Bytes bytes = __builtin_convertvector(__builtin_convertvector(sum, Ints), Bytes);
    std::memcpy(out + 8 * static_cast<std::ptrdiff_t>(x), &bytes, sizeof bytes);
  }
}

TINTYPE_WIDE_VECTORS
void take_row(const std::uint8_t* columns, std::size_t row, int count, std::uint8_t* samples) {
  for (int x = 0; x < count; ++x) samples[x] = columns[8 * static_cast<std::size_t>(x) + row];
}

}  // namespace

// A kernel's last weights may be zeros beyond the end of the source: what they are of must be there, and a number.
RowMixer::RowMixer(const ResampleKernel& along, const ResampleKernel& across, SampleRange range)
    : along_(along),
      across_(across),
      range_(range),
      sources_(static_cast<std::size_t>(across.taps())),
      width_(static_cast<std::size_t>(along.end() + along.taps())),
      mixed_(kRows * width_),
      columns_(kRows * width_),
      out_(kRows * static_cast<std::size_t>(along.count())) {}

void RowMixer::mix_across(const float* weights, std::size_t row) {
  mix_rows(sources_.data(), weights, across_.taps(), along_.begin(), along_.end(), mixed_.data() + row * width_);
}

void RowMixer::mix_along(std::span<std::uint8_t* const> target) {
  turn_floats(mixed_.data(), width_, along_.begin(), along_.end(), columns_.data());
  mix_columns(columns_.data(), along_.first(), along_.weights(0), along_.taps(), along_.count(), range_, out_.data());
  for (std::size_t row = 0; row < target.size(); ++row) take_row(out_.data(), row, along_.count(), target[row]);
}

}  // namespace tintype
