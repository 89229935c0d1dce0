#include "adapters/engine_vips/resample_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tintype {
namespace {

constexpr double kLobes = 3;
constexpr double kNothing = 1e-6;  // a weight that cannot move an 8-bit sample

double lanczos(double x) {
  x = std::abs(x);
  if (x >= kLobes) return 0;
  if (x < kNothing) return 1;
  const double angle = std::numbers::pi * x;
  return kLobes * std::sin(angle) * std::sin(angle / kLobes) / (angle * angle);
}

struct Window {
  int first = 0;
  std::vector<double> weights;
};

// Of the sample of the target around `centre`, in samples of the source.
Window window_around(double centre, double reach, int source_count) {
  const double scale = reach / kLobes;
  const int from = static_cast<int>(std::ceil(centre - reach - 0.5)),
            to = static_cast<int>(std::floor(centre + reach - 0.5));
  const int first = std::clamp(from, 0, source_count - 1), last = std::clamp(to, first, source_count - 1);
  Window window{first, std::vector<double>(static_cast<std::size_t>(last - first) + 1)};
  double sum = 0;
  for (int i = from; i <= to; ++i) {
    const double weight = lanczos((i + 0.5 - centre) / scale);
    window.weights[static_cast<std::size_t>(std::clamp(i, first, last) - first)] += weight;
    sum += weight;
  }
  for (double& weight : window.weights) weight /= sum;
  const auto is_something = [](double weight) { return std::abs(weight) > kNothing; };
  const auto begin = std::ranges::find_if(window.weights, is_something);
  window.first += static_cast<int>(begin - window.weights.begin());
  window.weights.erase(window.weights.begin(), begin);
  while (!is_something(window.weights.back())) window.weights.pop_back();
  return window;
}

}  // namespace

ResampleKernel::ResampleKernel(int source_count, int target_count, double offset, double step)
    : begin_(std::numeric_limits<int>::max()) {
  const double reach = kLobes * std::max(1.0, step);
  std::vector<Window> windows;
  windows.reserve(static_cast<std::size_t>(target_count));
  for (int i = 0; i < target_count; ++i) {
    windows.push_back(window_around(offset + (i + 0.5) * step, reach, source_count));
    const Window& window = windows.back();
    const int size = static_cast<int>(window.weights.size());
    taps_ = std::max(taps_, size);
    begin_ = std::min(begin_, window.first);
    end_ = std::max(end_, window.first + size);
  }
  first_.reserve(windows.size());
  weights_.resize(windows.size() * static_cast<std::size_t>(taps_));
  for (std::size_t i = 0; i < windows.size(); ++i) {
    first_.push_back(windows[i].first);
    std::ranges::copy(windows[i].weights, weights_.begin() + static_cast<std::ptrdiff_t>(i) * taps_);
  }
}

}  // namespace tintype
