#include "http/list_cursor.h"

#include <cstdint>
#include <optional>

#include "base/base64.h"
#include "base/text.h"

namespace tintype::http {
namespace {

// version, order, fingerprint, milliseconds, ULID; numbers are big-endian.
constexpr char kVersion = 1;
constexpr std::size_t kTimeOffset = 6;
constexpr std::size_t kIdOffset = kTimeOffset + 8;
constexpr std::size_t kPayloadSize = kIdOffset + 26;
constexpr std::int64_t kMaxMilliseconds = 253'402'300'799'999;  // the end of the year 9999, RFC 3339's last

// FNV-1a (draft-eastlake-fnv).
class Fingerprint {
 public:
  // Absent and empty differ, and so do the same text in another field.
  void add(const std::optional<std::string>& text) {
    add(text ? '\1' : '\0');
    for (const char c : text.value_or(std::string())) add(c);
  }
  std::uint32_t value() const { return value_; }

 private:
  void add(char c) { value_ = (value_ ^ static_cast<unsigned char>(c)) * 16'777'619U; }
  std::uint32_t value_ = 2'166'136'261U;
};

std::uint32_t fingerprint(const ListQuery& query) {
  Fingerprint fingerprint;
  fingerprint.add(query.album_id);
  fingerprint.add(query.tag);
  return fingerprint.value();
}

void append_big_endian(std::string& payload, std::uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) payload += static_cast<char>(number >> shift);
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = (number << 8) | static_cast<unsigned char>(c);
  return number;
}

// The place that `payload` names, whatever listing it belongs to.
std::optional<ListPosition> read_position(std::string_view payload) {
  if (payload.size() != kPayloadSize || payload.front() != kVersion) return std::nullopt;
  const auto id = ImageId::parse(payload.substr(kIdOffset));
  const auto milliseconds = static_cast<std::int64_t>(read_big_endian(payload.substr(kTimeOffset, 8)));
  if (!id || milliseconds < 0 || milliseconds > kMaxMilliseconds) return std::nullopt;
  return ListPosition{UnixTime(std::chrono::milliseconds(milliseconds)), *id};
}

}  // namespace

std::string encode_cursor(const ListQuery& query, const ListPosition& position) {
  std::string payload(1, kVersion);
  payload += query.order == SortOrder::OldestFirst ? '\1' : '\0';
  append_big_endian(payload, fingerprint(query), 4);
  append_big_endian(payload, static_cast<std::uint64_t>(position.uploaded_at.time_since_epoch().count()), 8);
  payload += position.image_id.text();
  return base64url_encode(as_bytes(payload));
}

Result<ListPosition> decode_cursor(const ListQuery& query, std::string_view text) {
  const auto payload = base64url_decode(text);
  const auto position = payload ? read_position(as_text(*payload)) : std::nullopt;
  if (!position) return fail(ErrorCode::InvalidCursor, "the cursor is malformed; use nextCursor as it was given");
  if (encode_cursor(query, *position) != text) {
    return fail(ErrorCode::InvalidCursor,
                "the cursor belongs to a listing with another albumId, tag or sortOrder; begin again without a cursor");
  }
  return *position;
}

}  // namespace tintype::http
