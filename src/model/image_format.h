#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tintype {

// What an upload may be.
enum class ImageFormat { Jpeg, Png, Webp };

// Decides by content: the signatures of JPEG (FF D8 FF), PNG (ISO 15948 section 5.2) and WebP (RFC 9649 section 2.4).
// A declared type and a file extension do not matter. `head` needs the first 12 bytes; nullopt for anything else.
std::optional<ImageFormat> detect_format(std::span<const std::byte> head);

// "jpeg", "png", "webp".
std::string_view format_name(ImageFormat format);
// "image/jpeg", "image/png", "image/webp".
std::string_view mime_type(ImageFormat format);

}  // namespace tintype
