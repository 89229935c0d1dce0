#pragma once

#include <string>
#include <vector>

#include "ports/cache.h"
#include "ports/metadata_store.h"

namespace tintype {

// What cached answers are kept under. User ids are written as in blob keys (UserId::key_component), so that no id holds
// a colon, a brace or anything that a pattern takes for more than itself.
//
//   image:{imageId}                                  one image         tag image:{imageId}
//   gallery:images:user:{userId}:{order}:{limit}[:{hash}]  one page of a list  tag user:{userId}
//
// The hash stands for filters and cursor. An album needs no tag of its own: a write that moves an image touches two
// albums, of which a deletion knows neither, so that every write drops all pages of its user.
inline constexpr std::chrono::hours kImageCacheLifetime{1};
inline constexpr std::chrono::minutes kListCacheLifetime{5};
CacheKey image_cache_key(const ImageId& id);
CacheKey list_cache_key(const ListQuery& query);

// What a write to an image of this user makes wrong.
std::vector<std::string> tags_of_write(const UserId& user, const ImageId& id);

// Matches between them every key.
std::vector<std::string> all_cache_patterns();

// Matches all keys that have this tag, which must be one of the above.
std::string pattern_of_tag(std::string_view tag);

}  // namespace tintype
