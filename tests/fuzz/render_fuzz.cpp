// Pictures that decoders and our own planes and scaler make of hostile files: what the sandbox of an image worker is
// for, without the sandbox.
#include "adapters/engine_vips/vips_engine.h"
#include "tests/fuzz/small_pictures.h"

namespace {

using namespace tintype;
using fuzz::require;

constexpr std::int64_t kMostPixels = 1 << 18;  // the service too looks at the header first

bool is_small(const ImageHeader& header) {
  return static_cast<std::int64_t>(header.width) * header.height <= kMostPixels;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const EncodedImage file(std::as_bytes(std::span(data, size)));
  VipsEngine engine;
  const auto probed = engine.probe(file, Deadline::never());
  if (!probed || !is_small(probed->header)) return 0;
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
