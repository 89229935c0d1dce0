#include "model/image_format.h"

#include "base/text.h"

namespace tintype {

std::optional<ImageFormat> detect_format(std::span<const std::byte> head) {
  using namespace std::string_view_literals;
  const std::string_view text = as_text(head);
  if (text.starts_with("\xFF\xD8\xFF"sv)) return ImageFormat::Jpeg;
  if (text.starts_with("\x89PNG\r\n\x1A\n"sv)) return ImageFormat::Png;
  if (text.size() >= 12 && text.starts_with("RIFF"sv) && text.substr(8, 4) == "WEBP"sv) return ImageFormat::Webp;
  return std::nullopt;
}

std::string_view format_name(ImageFormat format) {
  switch (format) {
    case ImageFormat::Jpeg:
      return "jpeg";
    case ImageFormat::Png:
      return "png";
    case ImageFormat::Webp:
      break;
  }
  return "webp";
}

std::string_view mime_type(ImageFormat format) {
  switch (format) {
    case ImageFormat::Jpeg:
      return "image/jpeg";
    case ImageFormat::Png:
      return "image/png";
    case ImageFormat::Webp:
      break;
  }
  return "image/webp";
}

}  // namespace tintype
