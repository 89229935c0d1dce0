#pragma once

#include "adapters/metadata_dynamodb/image_item.h"

namespace tintype::dynamodb {

// The blob keys of one image that its record or its unfinished claim refers to.
struct KeysInUse {
  bool all = false;
  std::vector<std::string> keys = {};

  bool has(std::string_view key) const { return all || std::ranges::find(keys, key) != keys.end(); }
};

Result<KeysInUse> keys_in_use(Database& database, const ImageItem& image, const ImageId& id, Deadline deadline);

// The method of MetadataStore that has this name.
Result<std::vector<std::string>> unreferenced(Database& database, std::span<const std::string> keys, Deadline deadline);

}  // namespace tintype::dynamodb
