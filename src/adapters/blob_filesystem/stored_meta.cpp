// DESIGN: the meta must become visible together with the bytes, and a blob becomes visible by one rename, so the meta
// has to be in the same file. An extended attribute leaves the file what it is to every other program. Where there are
// none (tmpfs before Linux 6.6, some NFS), a footer behind the body takes its place; a blob is the first body_size
// bytes, which is how a ByteSource hands out its descriptor anyway. A second file beside the blob was rejected: two
// concurrent puts, or a kill between the two renames, would join the bytes of one put with the meta of another.
//
// Footer: encoded meta, its length as 8 decimal digits, "tintype1".
#include "adapters/blob_filesystem/stored_meta.h"

#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/blob_filesystem/filesystem_error.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr const char* kAttribute = "user.tintype.meta";
constexpr std::string_view kMagic = "tintype1";
constexpr std::size_t kLengthDigits = 8;
constexpr std::size_t kTailSize = kLengthDigits + kMagic.size();

void append_netstring(std::string& text, std::string_view value) {
  text += std::to_string(value.size());
  text += ':';
  text += value;
  text += ',';
}

std::optional<std::string> take_netstring(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto length = parse_unsigned(text.substr(0, colon));
  text.remove_prefix(colon + 1);
  if (!length || *length >= text.size() || text[*length] != ',') return std::nullopt;
  std::string value(text.substr(0, *length));
  text.remove_prefix(*length + 1);
  return value;
}

// nullopt if the file has no such attribute.
Result<std::optional<std::string>> read_attribute(int fd) {
  const ssize_t size = ::fgetxattr(fd, kAttribute, nullptr, 0);
  if (size < 0 && (errno == ENODATA || errno == ENOTSUP)) return std::optional<std::string>();
  if (size < 0) return filesystem_error(errno, "size of attribute", kAttribute);
  std::string value(static_cast<std::size_t>(size), '\0');
  const ssize_t got = ::fgetxattr(fd, kAttribute, value.data(), value.size());
  if (got < 0) return filesystem_error(errno, "read attribute", kAttribute);
  value.resize(static_cast<std::size_t>(got));
  return std::optional(std::move(value));
}

Result<std::string> read_text(int fd, std::uint64_t offset, std::size_t size) {
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::pread(fd, text.data() + filled, size - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return filesystem_error(got < 0 ? errno : EIO, "read", "footer");
    filled += static_cast<std::size_t>(got);
  }
  return text;
}

Result<StoredMeta> read_footer(int fd, std::uint64_t file_size) {
  StoredMeta none{{}, file_size};
  if (file_size < kTailSize) return none;
  const std::uint64_t tail_offset = file_size - kTailSize;
  const auto tail = read_text(fd, tail_offset, kTailSize);
  if (!tail) return fail(tail.error());
  const auto length = parse_unsigned(std::string_view(*tail).substr(0, kLengthDigits));
  if (!tail->ends_with(kMagic) || !length || *length > tail_offset) return none;
  const auto encoded = read_text(fd, tail_offset - *length, *length);
  if (!encoded) return fail(encoded.error());
  auto meta = decode_meta(*encoded);
  if (!meta) return none;
  return StoredMeta{std::move(*meta), tail_offset - *length};
}

}  // namespace

std::string encode_meta(const BlobMeta& meta) {
  std::string text;
  append_netstring(text, meta.content_type);
  append_netstring(text, meta.cache_control);
  for (const auto& [name, value] : meta.user) {
    append_netstring(text, name);
    append_netstring(text, value);
  }
  return text;
}

std::optional<BlobMeta> decode_meta(std::string_view text) {
  auto content_type = take_netstring(text);
  auto cache_control = take_netstring(text);
  if (!content_type || !cache_control) return std::nullopt;
  BlobMeta meta{std::move(*content_type), std::move(*cache_control)};
  while (!text.empty()) {
    auto name = take_netstring(text);
    auto value = take_netstring(text);
    if (!name || !value) return std::nullopt;
    meta.user[std::move(*name)] = std::move(*value);
  }
  return meta;
}

Result<bool> set_meta_attribute(int fd, const BlobMeta& meta) {
  const std::string text = encode_meta(meta);
  if (::fsetxattr(fd, kAttribute, text.data(), text.size(), 0) == 0) return true;
  // ext4 has ENOSPC for a value over one block; on a full disk the footer then fails with the same.
  if (errno == ENOTSUP || errno == E2BIG || errno == ERANGE || errno == ENOSPC) return false;
  return filesystem_error(errno, "set attribute", kAttribute);
}

std::string meta_footer(const BlobMeta& meta) {
  std::string footer = encode_meta(meta);
  const std::string length = std::to_string(footer.size());
  footer.append(kLengthDigits - length.size(), '0');
  footer += length;
  footer += kMagic;
  return footer;
}

Result<StoredMeta> read_meta(int fd, std::uint64_t file_size) {
  auto attribute = read_attribute(fd);
  if (!attribute) return fail(attribute.error());
  if (!*attribute) return read_footer(fd, file_size);
  return StoredMeta{decode_meta(**attribute).value_or(BlobMeta{}), file_size};
}

}  // namespace tintype
