#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace tintype {

using Sha256Digest = std::array<std::byte, 32>;

// FIPS 180-4.
Sha256Digest sha256(std::span<const std::byte> bytes);
// RFC 2104 with SHA-256.
Sha256Digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message);
// Takes the same time wherever the first difference is.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace tintype
