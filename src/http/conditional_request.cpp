#include "http/conditional_request.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace tintype::http {
namespace {

struct EntityTag {
  bool weak = false;
  std::string_view opaque;  // with its quotes
};

// RFC 9110 section 8.8.3: visible characters but the quote, or bytes from 0x80.
bool is_etag_character(char c) {
  const auto value = static_cast<unsigned char>(c);
  return value == 0x21 || (value >= 0x23 && value != 0x7f);
}

// Takes an entity tag off the front of `text`.
std::optional<EntityTag> take_entity_tag(std::string_view& text) {
  const bool weak = text.starts_with("W/");
  const std::size_t open = weak ? 2 : 0;
  if (!text.substr(open).starts_with('"')) return std::nullopt;
  const std::size_t close = text.find('"', open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view opaque = text.substr(open, close - open + 1);
  const std::string_view inner = opaque.substr(1, opaque.size() - 2);
  if (!std::all_of(inner.begin(), inner.end(), is_etag_character)) return std::nullopt;
  text.remove_prefix(close + 1);
  return EntityTag{weak, opaque};
}

// A comma-separated list, in which elements may be empty (RFC 9110 section 5.6.1.2).
std::optional<std::vector<EntityTag>> parse_list(std::string_view text) {
  std::vector<EntityTag> tags;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    if (text.front() != ',') {
      const auto tag = take_entity_tag(text);
      text = trim(text);
      if (!tag || (!text.empty() && text.front() != ',')) return std::nullopt;
      tags.push_back(*tag);
    }
    if (!text.empty()) text.remove_prefix(1);
  }
  return tags;
}

template <typename Equal>
bool matches(std::string_view header, std::string_view etag, Equal equal) {
  if (trim(header) == "*") return true;
  const auto own = take_entity_tag(etag);
  const auto listed = parse_list(header);
  if (!own || !listed) return false;
  return std::any_of(listed->begin(), listed->end(), [&](const EntityTag& tag) { return equal(tag, *own); });
}

}  // namespace

bool if_none_match(std::string_view header, std::string_view etag) {
  return matches(header, etag, [](const EntityTag& a, const EntityTag& b) { return a.opaque == b.opaque; });
}

bool if_match(std::string_view header, std::string_view etag) {
  return matches(header, etag,
                 [](const EntityTag& a, const EntityTag& b) { return !a.weak && !b.weak && a.opaque == b.opaque; });
}

}  // namespace tintype::http
