#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/blob_store.h"

namespace tintype {

// The meta as netstrings (cr.yp.to/proto/netstrings.txt): content type, cache control, then name and value in turns.
// Any bytes survive, and getfattr(1) shows something readable.
std::string encode_meta(const BlobMeta& meta);
// nullopt for what encode_meta does not make.
std::optional<BlobMeta> decode_meta(std::string_view text);

// Keeps `meta` in the extended attribute user.tintype.meta of the file. False if it cannot be kept there: the file
// system has no such attributes, or not as much room. Error: StoreUnavailable.
Result<bool> set_meta_attribute(int fd, const BlobMeta& meta);

// What follows the body instead, then.
std::string meta_footer(const BlobMeta& meta);

struct StoredMeta {
  BlobMeta meta;
  std::uint64_t body_size = 0;  // the file without its footer
};

// The meta of a file of `file_size` bytes, from wherever it is. A file with neither an attribute nor a footer, as after
// a restore by a tool that drops attributes, has the default meta: its bytes are whole. Error: StoreUnavailable.
Result<StoredMeta> read_meta(int fd, std::uint64_t file_size);

}  // namespace tintype
