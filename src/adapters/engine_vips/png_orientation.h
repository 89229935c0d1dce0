#pragma once

#include <cstddef>
#include <span>

namespace tintype {

// The EXIF orientation (1 to 8) from the eXIf chunk of a PNG (third edition, section 11.3.4.5), which libvips 8.14 does
// not read; 1 if there is none or it is nonsense. The bytes are hostile: what lies outside them counts as not there.
int png_orientation(std::span<const std::byte> png);

}  // namespace tintype
