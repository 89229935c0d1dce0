#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace tintype {

using Md5Digest = std::array<std::byte, 16>;

// RFC 1321. Not for security: protocols want it as a checksum (Content-MD5).
Md5Digest md5(std::span<const std::byte> bytes);

}  // namespace tintype
