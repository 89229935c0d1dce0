// Files that are made to hurt, put together by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_images.h"

namespace tintype::testing_support {

struct HostileFile {
  std::string name;
  ImageBytes bytes;
};
// Images that are something else as well, or carry something else; kSecret is in all that is not image.
std::vector<HostileFile> polyglots();

// A zlib stream (RFC 1950) of `head` and then zeros, `total` bytes of them all, which takes a 158th of that.
std::string deflated_zeros(std::string_view head, std::size_t total);

// A PNG with a chunk of any kind between header and pixels.
ImageBytes png_with_chunk(std::string_view type, std::string_view content);
// A PNG that is transparent black all over.
ImageBytes empty_png(std::uint32_t edge, int bits);

// A JPEG with a profile of any size, in as many APP2 segments as it takes (ICC.1:2022 annex B.4).
ImageBytes jpeg_with_profile(const TestImage& image, std::string_view profile);
// A profile of libvips, lengthened to `bytes` by what no tag refers to.
std::string padded_profile(std::string_view name, std::size_t bytes);

}  // namespace tintype::testing_support
