#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ports/cache.h"

namespace tintype {

// A rendered answer, as it is kept: views into bytes that it shares with the cache.
class CachedAnswer {
 public:
  enum class Kind : char { Image = 'I', NoImage = 'N', List = 'L' };

  static std::string encode(Kind kind, std::string_view variant, std::int64_t version, std::string_view owner,
                            std::string_view body);
  // nullopt for anything but what encode makes with this variant: what another program, or another release, has put
  // there is a miss.
  static std::optional<CachedAnswer> decode(CachedBytes bytes, std::string_view variant);

  Kind kind() const { return kind_; }
  std::int64_t version() const { return version_; }  // of the record
  std::string_view owner() const { return owner_; }  // UserId::text
  std::string_view body() const { return body_; }    // what the renderer made
  const CachedBytes& bytes() const { return bytes_; }

 private:
  CachedBytes bytes_;
  Kind kind_ = Kind::Image;
  std::int64_t version_ = 0;
  std::string_view owner_;
  std::string_view body_;
};

}  // namespace tintype
