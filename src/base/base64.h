#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tintype {

// RFC 4648 section 4, with padding.
std::string base64_encode(std::span<const std::byte> bytes);
// RFC 4648 section 5 (URL-safe alphabet), without padding.
std::string base64url_encode(std::span<const std::byte> bytes);
// Strict: no padding, no white space, no stray bits. nullopt for anything else.
std::optional<std::vector<std::byte>> base64url_decode(std::string_view text);

}  // namespace tintype
