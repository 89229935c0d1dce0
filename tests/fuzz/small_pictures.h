// Small pictures to mutate. The system's decoders are not instrumented, so libFuzzer would never find its way into a
// header: whatever has not even a signature is replaced by one of these before it is mutated.
#pragma once

#include <vips/vips.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "adapters/engine_vips/vips_runtime.h"
#include "model/image_format.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// libpng asks for as much as an eXIf chunk says it has, up to 2 GiB, and touches only what is there. A worker's
// RLIMIT_AS refuses that, and so does this; AddressSanitizer's bookkeeping for it would pass -rss_limit_mb.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): AddressSanitizer's name
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:max_allocation_size_mb=256";
}

namespace tintype::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// Noise of 41 x 31, with as many bands.
inline std::vector<std::byte> small_picture(const char* suffix, int bands) {
  constexpr int kWidth = 41, kHeight = 31;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(kWidth * kHeight * bands));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * i / 7 + i * 31);
  VipsImage* const image =
      vips_image_new_from_memory_copy(pixels.data(), pixels.size(), kWidth, kHeight, bands, VIPS_FORMAT_UCHAR);
  require(image != nullptr);
  image->Type = bands == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  void* data = nullptr;
  std::size_t size = 0;
  require(vips_image_write_to_buffer(image, suffix, &data, &size, nullptr) == 0);
  const auto* const first = static_cast<const std::byte*>(data);
  std::vector<std::byte> bytes(first, first + size);
  g_free(data);
  g_object_unref(image);
  return bytes;
}

inline std::size_t mutate_picture(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  static const std::array pictures = {
      small_picture(".jpg", 3),  small_picture(".jpg[Q=95]", 3), small_picture(".jpg[interlace]", 3),
      small_picture(".jpg", 1),  small_picture(".png", 3),       small_picture(".png", 4),
      small_picture(".webp", 3), small_picture(".webp", 4),      small_picture(".webp[lossless]", 3)};
  if (!detect_format(std::as_bytes(std::span(data, size)))) {
    const auto& picture = pictures.at(seed % pictures.size());
    size = std::min(picture.size(), most);
    std::memcpy(data, picture.data(), size);
  }
  return LLVMFuzzerMutate(data, size, most);
}

}  // namespace tintype::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  tintype::hide_vips_modules();
  tintype::init_vips();
  return 0;
}

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  return tintype::fuzz::mutate_picture(data, size, most, seed);
}
