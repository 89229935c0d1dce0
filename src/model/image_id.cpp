#include "model/image_id.h"

#include "base/ulid.h"

namespace tintype {

std::optional<ImageId> ImageId::parse(std::string_view text) {
  if (!is_ulid(text)) return std::nullopt;
  return ImageId(std::string(text));
}

}  // namespace tintype
