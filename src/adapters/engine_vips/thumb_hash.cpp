// DESIGN. The picture is split into luminance and two colour differences (and alpha); each becomes the low frequencies
// of a cosine transform, quantised to 4 bits, in a triangle of nx by ny terms. Sums run in the order of the reference,
// in double, because a different order rounds differently and the hash would differ in a bit now and then.
#include "adapters/engine_vips/thumb_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "model/render_spec.h"

namespace tintype {
namespace {

// Half up, as the reference's language rounds.
int round_half_up(double value) {
  return static_cast<int>(std::floor(value + 0.5));
}

struct Rgba {
  double red = 0, green = 0, blue = 0, alpha = 0;
};

struct SmallPicture {
  int width = 0;
  int height = 0;
  std::vector<std::array<std::uint8_t, 4>> pixels;
};

// Colours are averaged by their alpha, so that invisible ones do not count.
std::array<std::uint8_t, 4> average(const PixelView& view, int left, int top, int right, int bottom) {
  std::array<std::uint64_t, 3> colour{};
  std::uint64_t alpha = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const std::uint8_t* const pixel = view.at(x, y);
      const std::uint64_t weight = view.channels == 4 ? pixel[3] : 255;
      for (std::size_t band = 0; band < 3; ++band) colour[band] += weight * pixel[band];
      alpha += weight;
    }
  }
  const auto count = static_cast<std::uint64_t>(right - left) * static_cast<std::uint64_t>(bottom - top);
  const auto divided = [](std::uint64_t sum, std::uint64_t by) {
    return static_cast<std::uint8_t>(by == 0 ? 0 : (sum + by / 2) / by);
  };
  return {divided(colour[0], alpha), divided(colour[1], alpha), divided(colour[2], alpha), divided(alpha, count)};
}

SmallPicture reduce(const PixelView& view) {
  const Size size = output_size({.width = kThumbHashEdge, .height = kThumbHashEdge}, {view.width, view.height});
  SmallPicture small{size.width, size.height, {}};
  small.pixels.reserve(static_cast<std::size_t>(small.width) * small.height);
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      small.pixels.push_back(average(view, x * view.width / small.width, y * view.height / small.height,
                                     (x + 1) * view.width / small.width, (y + 1) * view.height / small.height));
    }
  }
  return small;
}

// The mean colour, weighted by alpha; `alpha` is the sum, not the mean.
Rgba mean_colour(const SmallPicture& picture) {
  Rgba mean;
  for (const auto& pixel : picture.pixels) {
    const double alpha = pixel[3] / 255.0;
    mean.red += alpha / 255.0 * pixel[0];
    mean.green += alpha / 255.0 * pixel[1];
    mean.blue += alpha / 255.0 * pixel[2];
    mean.alpha += alpha;
  }
  if (mean.alpha == 0) return mean;
  mean.red /= mean.alpha;
  mean.green /= mean.alpha;
  mean.blue /= mean.alpha;
  return mean;
}

struct Channels {
  std::vector<double> luminance, yellow_blue, red_green, alpha;
};

Channels split(const SmallPicture& picture, const Rgba& background) {
  Channels channels;
  for (const auto& pixel : picture.pixels) {
    const double alpha = pixel[3] / 255.0;
    const double red = background.red * (1 - alpha) + alpha / 255.0 * pixel[0];
    const double green = background.green * (1 - alpha) + alpha / 255.0 * pixel[1];
    const double blue = background.blue * (1 - alpha) + alpha / 255.0 * pixel[2];
    channels.luminance.push_back((red + green + blue) / 3);
    channels.yellow_blue.push_back((red + green) / 2 - blue);
    channels.red_green.push_back(red - green);
    channels.alpha.push_back(alpha);
  }
  return channels;
}

struct Spectrum {
  double constant = 0;
  double scale = 0;               // the largest of |varying|
  std::vector<double> varying{};  // 0 to 1
};

std::vector<double> cosine_wave(int length, int frequency) {
  std::vector<double> wave(length);
  for (int i = 0; i < length; ++i) wave[i] = std::cos(std::numbers::pi / length * frequency * (i + 0.5));
  return wave;
}

double correlate(const std::vector<double>& channel, const std::vector<double>& across,
                 const std::vector<double>& down) {
  double sum = 0;
  auto value = channel.begin();
  for (const double row : down) {
    for (const double column : across) sum += *value++ * column * row;
  }
  return sum / static_cast<double>(channel.size());
}

Spectrum transform(const std::vector<double>& channel, int width, int height, int terms_across, int terms_down) {
  Spectrum spectrum;
  for (int down = 0; down < terms_down; ++down) {
    const auto wave_down = cosine_wave(height, down);
    for (int across = 0; across * terms_down < terms_across * (terms_down - down); ++across) {
      const double term = correlate(channel, cosine_wave(width, across), wave_down);
      if (across == 0 && down == 0) {
        spectrum.constant = term;
        continue;
      }
      spectrum.varying.push_back(term);
      spectrum.scale = std::max(spectrum.scale, std::abs(term));
    }
  }
  if (spectrum.scale == 0) return spectrum;
  for (double& term : spectrum.varying) term = 0.5 + 0.5 / spectrum.scale * term;
  return spectrum;
}

class BitWriter {
 public:
  // Little-endian, as many bytes as `count`.
  void add_bytes(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  void add_nibble(int value) {
    if (half_) {
      bytes_.back() |= static_cast<std::byte>(value << 4);
    } else {
      bytes_.push_back(static_cast<std::byte>(value));
    }
    half_ = !half_;
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
  bool half_ = false;
};

std::uint32_t quantise(double value, int steps) {
  return static_cast<std::uint32_t>(round_half_up(value * steps));
}

}  // namespace

std::vector<std::byte> thumb_hash(const PixelView& pixels) {
  const SmallPicture picture = reduce(pixels);
  const auto [width, height] = std::pair(picture.width, picture.height);
  const Rgba mean = mean_colour(picture);
  const Channels channels = split(picture, mean);
  const bool has_alpha = mean.alpha < width * height;

  const int most_terms = has_alpha ? 5 : 7;
  const auto terms = [&](int edge) {
    return std::max(1, round_half_up(static_cast<double>(most_terms * edge) / std::max(width, height)));
  };
  const Spectrum luminance =
      transform(channels.luminance, width, height, std::max(3, terms(width)), std::max(3, terms(height)));
  const Spectrum yellow_blue = transform(channels.yellow_blue, width, height, 3, 3);
  const Spectrum red_green = transform(channels.red_green, width, height, 3, 3);

  const bool landscape = width > height;
  BitWriter out;
  out.add_bytes(quantise(luminance.constant, 63) | quantise(0.5 + 0.5 * yellow_blue.constant, 63) << 6 |
                    quantise(0.5 + 0.5 * red_green.constant, 63) << 12 | quantise(luminance.scale, 31) << 18 |
                    static_cast<std::uint32_t>(has_alpha) << 23,
                3);
  out.add_bytes(static_cast<std::uint32_t>(landscape ? terms(height) : terms(width)) |
                    quantise(yellow_blue.scale, 63) << 3 | quantise(red_green.scale, 63) << 9 |
                    static_cast<std::uint32_t>(landscape) << 15,
                2);
  const Spectrum alpha = has_alpha ? transform(channels.alpha, width, height, 5, 5) : Spectrum{};
  if (has_alpha) out.add_bytes(quantise(alpha.constant, 15) | quantise(alpha.scale, 15) << 4, 1);
  for (const Spectrum* spectrum : {&luminance, &yellow_blue, &red_green, &alpha}) {
    for (const double term : spectrum->varying) out.add_nibble(static_cast<int>(quantise(term, 15)));
  }
  return out.take();
}

}  // namespace tintype
