// What a picture can carry into our own readers of metadata: an ICC profile, the eXIf chunk of a PNG.
#include <cstdlib>
#include <span>

#include "adapters/engine_vips/icc_profile.h"
#include "adapters/engine_vips/png_orientation.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const int bands = tintype::icc_profile_bands(bytes);
  if (bands != 0 && bands != 1 && bands != 3 && bands != 4) std::abort();
  if (tintype::is_srgb_profile(bytes) && bands != 3) std::abort();
  const int orientation = tintype::png_orientation(bytes);
  if (orientation < 1 || orientation > 8) std::abort();
  return 0;
}
