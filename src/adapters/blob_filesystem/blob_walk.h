#pragma once

#include <sys/stat.h>

#include <functional>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "ports/blob_store.h"

namespace tintype {

// BlobStore::list over the files below the directory `root`. Memory and descriptors grow with the depth of the keys
// only. What is not a regular file, and names that cannot be keys (lost+found), are passed over.
Result<void> walk_blobs(int root, std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                        Deadline deadline);

// When a file was written last, as BlobEntry has it.
UnixTime modification_time(const struct stat& status);

}  // namespace tintype
