// What the image work of one upload takes (main picture and thumbnail, of one file), by the engine, and by the codecs
// alone: libjpeg-turbo decodes the file once, libwebp encodes both pictures, which were scaled beforehand. In turn, so
// that neighbours on the machine disturb both alike. Answers each line of the input, "engine" or "floor", with one of
// milliseconds.
//
// usage: tintype_floor_bench FILE.jpg
#include <iostream>

#include "adapters/engine_vips/jpeg_planes.h"
#include "adapters/engine_vips/plane_scaler.h"
#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "adapters/engine_vips/webp_encoder.h"
#include "base/allocator.h"
#include "bench/image_on_disk.h"

namespace {

using namespace tintype;
using Steady = std::chrono::steady_clock;

const RenderSpec kMain{.width = 2048, .height = 2048, .quality = 85, .placeholder = true};

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

std::unique_ptr<JpegPlanes> open(std::span<const std::byte> file) {
  auto planes = JpegPlanes::open(file, 1, Deadline::never());
  if (!planes) give_up("the file is not a JPEG that stays in planes");
  return planes;
}

void decode(std::span<const std::byte> file) {
  const auto source = open(file);
  std::vector<std::vector<std::uint8_t>> row;
  StripRows rows;
  for (int plane = 0; plane < source->shape().planes(); ++plane) {
    row.emplace_back(static_cast<std::size_t>(source->row_bytes(plane)));
    rows.plane[static_cast<std::size_t>(plane)].fill(row.back().data());
  }
  for (int y = 0; y < source->shape().size.height; y += source->strip_rows()) {
    if (!source->read_strip(rows)) give_up("the file is damaged");
  }
}

class Codecs {
 public:
  explicit Codecs(std::span<const std::byte> file) : file_(file) {
    const Size whole = open(file)->shape().size;
    for (const RenderSpec& spec : {kMain, bench::thumbnail_spec()}) {
      const Size size = output_size(spec, whole);
      auto picture = scale(*open(file), shown_part(spec.fit, whole, size), webp_shape(size), Deadline::never());
      if (!picture) give_up("the file is damaged");
      pictures_.push_back({std::move(*picture), spec.quality, spec.effort});
    }
  }

  // Milliseconds.
  double run() {
    auto start = Steady::now();
    decode(file_);
    auto taken = Steady::now() - start;
    for (const Ready& picture : pictures_) {
      const Size size = picture.planes.shape().size;
      auto copy = scale(picture.planes, {0, 0, size.width, size.height}, picture.planes.shape(), Deadline::never());
      auto encoder = WebpEncoder::take(std::move(*copy));
      start = Steady::now();
      if (!encoder->encode(picture.quality, picture.effort, Deadline::never())) give_up("libwebp failed");
      taken += Steady::now() - start;
    }
    return std::chrono::duration<double, std::milli>(taken).count();
  }

 private:
  struct Ready {
    Planes planes;
    int quality;
    int effort;
  };
  std::span<const std::byte> file_;
  std::vector<Ready> pictures_;
};

double by_engine(VipsEngine& engine, const EncodedImage& file) {
  const auto start = Steady::now();
  if (!engine.render_all(file, std::array{kMain, bench::thumbnail_spec()}, Deadline::never())) {
    give_up("the file is not rendered");
  }
  return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) give_up("usage: tintype_floor_bench FILE.jpg");
  tune_allocator();
  hide_vips_modules();
  const bench::ImageOnDisk file(argv[1]);
  VipsEngine engine;
  Codecs codecs(file.image().bytes);
  for (std::string what; std::getline(std::cin, what);) {
    std::cout << (what == "floor" ? codecs.run() : by_engine(engine, file.image())) << std::endl;
  }
  return 0;
}
