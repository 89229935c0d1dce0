#pragma once

#include <span>

#include "adapters/sqlite/connection.h"
#include "ports/metadata_store.h"

namespace tintype::sqlite {

// MetadataStore::unreferenced.
Result<std::vector<std::string>> unreferenced(Connection& connection, std::span<const std::string> keys);

// Whether the image's record or its unfinished claim refers to `key`; deletions do not count.
Result<bool> is_referenced_by_image(Connection& connection, const ImageId& id, const std::string& key);

// MetadataStore's methods of the same names.
Result<void> keep_verification(Connection& connection, const VerificationReport& report);
Result<std::optional<VerificationReport>> last_verification(Connection& connection);

}  // namespace tintype::sqlite
