// Pictures that decoders and our own planes and scaler make of hostile files: what the sandbox of an image worker is
// for, without the sandbox. The decoders are the system's and not instrumented, so small pictures are what is mutated.
#include <array>
#include <cstdlib>
#include <span>

#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "tests/support/test_images.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// As in probe_fuzz.cpp.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): AddressSanitizer's name
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:max_allocation_size_mb=256";
}

namespace {

using namespace tintype;
using namespace testing_support;

void require(bool holds) {
  if (!holds) std::abort();
}

const ImageBytes& seed_picture(unsigned choice) {
  static const std::array pictures = {make_jpeg({.width = 41, .height = 31, .quality = 70}),
                                      make_jpeg({.width = 41, .height = 31, .progressive = true, .quality = 70}),
                                      make_jpeg({.width = 41, .height = 31, .bands = 1}),
                                      make_jpeg({.width = 41, .height = 31, .profile = "cmyk"}),
                                      make_jpeg({.width = 41, .height = 31, .orientation = 6}),
                                      make_png({.width = 41, .height = 31}),
                                      make_png({.width = 41, .height = 31, .bands = 4}),
                                      make_webp({.width = 41, .height = 31})};
  return pictures.at(choice % pictures.size());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  hide_vips_modules();
  init_vips();
  return 0;
}

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  if (!detect_format(std::as_bytes(std::span(data, size)))) {
    const ImageBytes& picture = seed_picture(seed);
    size = std::min(picture.size(), most);
    std::memcpy(data, picture.data(), size);
  }
  return LLVMFuzzerMutate(data, size, most);
}

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kMostPixels = 1 << 20;  // the service looks at the header first too
  const EncodedImage file(std::as_bytes(std::span(data, size)));
  VipsEngine engine;
  const auto probed = engine.probe(file, Deadline::never());
  if (!probed || static_cast<std::int64_t>(probed->header.width) * probed->header.height > kMostPixels) return 0;
  const std::array specs{RenderSpec{.width = 60, .height = 60, .placeholder = true},
                         RenderSpec{.fit = RenderSpec::Fit::Cover, .width = 17, .height = 16}};
  const auto rendered = engine.render_all(file, specs, Deadline::after(std::chrono::seconds(20)));
  if (!rendered) {
    require(rendered.error().code == ErrorCode::ImageUndecodable || rendered.error().code == ErrorCode::ImageTooLarge);
    return 0;
  }
  require(rendered->size() == specs.size());
  for (const RenderedImage& image : *rendered) require(detect_format(image.bytes) == ImageFormat::Webp);
  require((*rendered)[1].width == 17 && (*rendered)[1].height == 16);
  return 0;
}
