#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/blob_store.h"

namespace tintype::s3 {

// A page of ListObjectsV2.
struct ListedPage {
  std::vector<BlobEntry> entries;
  std::string next;  // continuation token; empty on the last page
};
// nullopt if `xml` is none.
std::optional<ListedPage> parse_list(std::string_view xml);

struct Upload {
  std::string key;
  std::string upload_id;
  UnixTime initiated;
};
// A page of ListMultipartUploads.
struct UploadPage {
  std::vector<Upload> uploads;
  bool truncated = false;
  std::string next_key;
  std::string next_upload_id;
};
std::optional<UploadPage> parse_uploads(std::string_view xml);

}  // namespace tintype::s3
