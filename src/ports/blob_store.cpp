#include "ports/blob_store.h"

#include <algorithm>

#include "base/crash_point.h"

namespace tintype {
namespace {

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool is_valid_blob_key(std::string_view key) {
  if (key.empty() || key.size() > 1024) return false;
  while (true) {
    const std::size_t slash = key.find('/');
    const std::string_view component = key.substr(0, slash);
    if (component.empty() || component.size() > 255 || component == "." || component == "..") return false;
    if (!std::all_of(component.begin(), component.end(), is_key_character)) return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

Result<void> remove_each(BlobStore& store, std::span<const std::string> keys, Deadline deadline) {
  for (const std::string& key : keys) {
    if (auto removed = store.remove(key, deadline); !removed) return removed;
    crash_point("deletion.one-blob-removed");
  }
  return {};
}

}  // namespace tintype
