// Records: the methods of MetadataStore that have these names.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

Result<ImageRecord> find_record(Database& database, const ImageId& id, Deadline deadline);
Result<ImageRecord> update_text(Database& database, const ImageId& id, const ImageText& text,
                                std::optional<std::int64_t> expected_version, UnixTime updated_at, Deadline deadline);
Result<bool> import_record(Database& database, const ImageRecord& record, Deadline deadline);
Result<std::vector<ImageRecord>> records_after(Database& database, const std::optional<ImageId>& after, int limit,
                                               Deadline deadline);
Result<void> keep_verification(Database& database, const VerificationReport& report, Deadline deadline);
Result<std::optional<VerificationReport>> last_verification(Database& database, Deadline deadline);

}  // namespace tintype::dynamodb
