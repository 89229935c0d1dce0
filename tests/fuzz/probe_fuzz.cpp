// An upload's first contact with libvips: the readers of JPEG, PNG and WebP headers, and what we make of them.
//
// The system's libvips is not instrumented, so libFuzzer would never find its way into a header. Whatever has not even
// a signature is therefore replaced by a small picture before it is mutated.
#include <vips/vips.h>

#include <array>
#include <cstdlib>
#include <span>

#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// libpng asks for as much as an eXIf chunk says it has, up to 2 GiB, and touches only what is there. A worker's
// RLIMIT_AS refuses that, and so does this; AddressSanitizer's bookkeeping for it would pass -rss_limit_mb.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): AddressSanitizer's name
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:max_allocation_size_mb=256";
}

namespace {

using namespace tintype;
using Bytes = std::vector<std::byte>;

void require(bool holds) {
  if (!holds) std::abort();
}

Bytes small_picture(const char* suffix) {
  VipsImage* image = nullptr;
  void* data = nullptr;
  std::size_t size = 0;
  require(vips_black(&image, 9, 7, "bands", 3, nullptr) == 0);
  require(vips_image_write_to_buffer(image, suffix, &data, &size, nullptr) == 0);
  const auto* const first = static_cast<const std::byte*>(data);
  Bytes bytes(first, first + size);
  g_free(data);
  g_object_unref(image);
  return bytes;
}

const Bytes& seed_picture(unsigned choice) {
  static const std::array pictures = {small_picture(".jpg"), small_picture(".jpg[interlace]"), small_picture(".png"),
                                      small_picture(".webp"), small_picture(".webp[lossless]")};
  return pictures.at(choice % pictures.size());
}

void check(const ImageHeader& header, std::span<const std::byte> file) {
  require(detect_format(file) == header.format);
  require(header.width > 0 && header.height > 0 && header.bands > 0 && header.pages > 0);
  require(header.orientation >= 1 && header.orientation <= 8);
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
    const Bytes& picture = seed_picture(seed);
    size = std::min(picture.size(), most);
    std::memcpy(data, picture.data(), size);
  }
  return LLVMFuzzerMutate(data, size, most);
}

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
