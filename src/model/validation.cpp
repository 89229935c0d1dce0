#include "model/validation.h"

#include <algorithm>

#include "base/text.h"
#include "model/limits.h"

namespace tintype {
namespace {

Result<void> check_text(std::string_view field, const std::optional<std::string>& text, std::size_t max,
                        std::string_view allowed_controls = {}) {
  if (!text) return {};
  if (!is_utf8(*text)) return invalid_field(field, "is not UTF-8");
  if (has_control_characters(*text, allowed_controls)) return invalid_field(field, "contains control characters");
  const std::size_t length = utf8_length(*text);
  if (length > max)
    return invalid_field(
        field, "is " + std::to_string(length) + " characters long; at most " + std::to_string(max) + " are allowed");
  return {};
}

Result<void> check_tags(const std::vector<std::string>& tags) {
  if (tags.size() > kMaxTags)
    return invalid_field("tags", "has " + std::to_string(tags.size()) + " entries; at most " +
                                     std::to_string(kMaxTags) + " are allowed");
  for (auto tag = tags.begin(); tag != tags.end(); ++tag) {
    if (tag->empty()) return invalid_field("tags", "contains an empty tag");
    if (std::find(tags.begin(), tag, *tag) != tag) return invalid_field("tags", "contains a tag twice");
    if (auto checked = check_text("tags", *tag, kMaxTag); !checked) return checked;
  }
  return {};
}

}  // namespace

tl::unexpected<Error> invalid_field(std::string_view field, std::string_view problem) {
  Error error{ErrorCode::ValidationFailed, std::string(field) + ' ' + std::string(problem)};
  error.members.push_back({"field", std::string(field)});
  return fail(std::move(error));
}

Result<void> validate(const ImageText& text) {
  if (text.album_id && text.album_id->empty()) return invalid_field("albumId", "is empty");
  if (text.album_id && text.album_id->size() > kMaxAlbumId)
    return invalid_field("albumId", "is longer than " + std::to_string(kMaxAlbumId) + " bytes");
  if (auto checked = check_text("albumId", text.album_id, kMaxAlbumId); !checked) return checked;
  if (auto checked = check_text("title", text.title, kMaxTitle); !checked) return checked;
  if (auto checked = check_text("description", text.description, kMaxDescription, "\t\n\r"); !checked) return checked;
  if (auto checked = check_text("altText", text.alt_text, kMaxAltText); !checked) return checked;
  return check_tags(text.tags);
}

std::string clean_filename(std::string_view claimed) {
  const std::size_t slash = claimed.find_last_of("/\\");  // some browsers send the whole path
  if (slash != std::string_view::npos) claimed.remove_prefix(slash + 1);
  if (!is_utf8(claimed)) return "upload";
  std::string name;
  std::size_t characters = 0;
  for (const char c : claimed) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    const bool continues = (c & 0xc0) == 0x80;
    if (!continues && ++characters > kMaxFilename) break;
    name += c;
  }
  return name.empty() ? "upload" : name;
}

}  // namespace tintype
