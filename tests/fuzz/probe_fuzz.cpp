// An upload's first contact with libvips: the readers of JPEG, PNG and WebP headers, and what we make of them.
#include "adapters/engine_vips/vips_engine.h"
#include "tests/fuzz/small_pictures.h"

namespace {

using namespace tintype;
using fuzz::require;

void check(const ImageHeader& header, std::span<const std::byte> file) {
  require(detect_format(file) == header.format);
  require(header.width > 0 && header.height > 0 && header.bands > 0 && header.pages > 0);
  require(header.orientation >= 1 && header.orientation <= 8);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  const auto probed = VipsEngine().probe(EncodedImage(file), Deadline::never());
  if (probed) {
    check(probed->header, file);
    return 0;
  }
  require(probed.error().code == ErrorCode::InvalidFileType || probed.error().code == ErrorCode::ImageUndecodable);
  return 0;
}
