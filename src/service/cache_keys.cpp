#include "service/cache_keys.h"

#include "base/crypto/sha256.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::string_view kImage = "image:";
constexpr std::string_view kUser = "user:";
constexpr std::string_view kGallery = "gallery:images:user:";
constexpr std::size_t kHashBytes = 12;

std::string image_tag(const ImageId& id) {
  return std::string(kImage) + id.text();
}

// Each with its length, so that no two different queries read the same.
void add(std::string& canonical, std::string_view field) {
  canonical += std::to_string(field.size()) + ':';
  canonical += field;
}

// Empty for a first page without filters, which are most.
std::string place_in_list(const ListQuery& query) {
  if (!query.album_id && !query.tag && !query.after) return {};
  std::string canonical;
  for (const auto& filter : {query.album_id, query.tag}) {
    canonical += filter ? '+' : '-';
    if (filter) add(canonical, *filter);
  }
  if (query.after) {
    add(canonical, query.after->image_id.text());
    add(canonical, std::to_string(query.after->uploaded_at.time_since_epoch().count()));
  }
  const auto digest = sha256(as_bytes(canonical));
  return ':' + hex(std::span(digest).first(kHashBytes));
}

}  // namespace

CacheKey image_cache_key(const ImageId& id) {
  const std::string tag = image_tag(id);
  return {.text = tag, .tags = {tag}, .longest = kImageCacheLifetime};
}

CacheKey list_cache_key(const ListQuery& query) {
  const std::string user = query.user.key_component();
  std::string text(kGallery);
  text += user + (query.order == SortOrder::NewestFirst ? ":desc:" : ":asc:");
  text += std::to_string(query.limit) + place_in_list(query);
  return {.text = std::move(text), .tags = {std::string(kUser) + user}, .longest = kListCacheLifetime};
}

std::vector<std::string> tags_of_write(const UserId& user, const ImageId& id) {
  return {image_tag(id), std::string(kUser) + user.key_component()};
}

std::vector<std::string> all_cache_patterns() {
  return {std::string(kImage) + '*', std::string(kGallery) + '*'};
}

std::string pattern_of_tag(std::string_view tag) {
  if (!tag.starts_with(kUser)) return std::string(tag);
  return std::string(kGallery) + std::string(tag.substr(kUser.size())) + ":*";
}

}  // namespace tintype
