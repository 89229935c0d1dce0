#pragma once

#include <string>
#include <string_view>

#include "model/image_record.h"
#include "ports/metadata_store.h"

namespace tintype::http {

// How records look in the API. A blob's URL is `blob_base_url`, which has no trailing slash, with its key behind it.
std::string image_json(const ImageRecord& record, std::string_view blob_base_url);

// Where clients find the blob under `key`.
std::string blob_url(std::string_view blob_base_url, std::string_view key);

// {"images":[…],"pagination":{"limit":…,"hasMore":…,"nextCursor":…}}
std::string image_list_json(const ListPage& page, const ListQuery& query, std::string_view blob_base_url);

// The strong ETag of a record's representation in this version, with its quotes.
std::string version_etag(std::int64_t version);

}  // namespace tintype::http
