#include "adapters/metadata_dynamodb/keys.h"

#include <cinttypes>
#include <cstdio>

namespace tintype::dynamodb {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '#') {
      result += "%23";
    } else if (c == '%') {
      result += "%25";
    } else {
      result += c;
    }
  }
  return result;
}

// Of equal length, so that texts are ordered as the times are, from 1970 on.
std::string padded(UnixTime time) {
  char text[32];
  std::snprintf(text, sizeof text, "%019" PRId64, static_cast<std::int64_t>(time.time_since_epoch().count()));
  return text;
}

}  // namespace

Key image_key(const ImageId& id) {
  return {Table::Images, "IMAGE#" + id.text(), "METADATA"};
}

Key tag_key(const ImageId& id, std::string_view tag) {
  return {Table::Images, "IMAGE#" + id.text(), "TAG#" + escaped(tag)};
}

Key upload_key(const UserId& user, const IdempotencyToken& token) {
  return {Table::Uploads, "TOKEN#" + user.key_component() + '#' + token.text(), "METADATA"};
}

Key verification_key() {
  return {Table::Images, "VERIFICATION", "LAST"};
}

Key event_key(const UserId& user, std::string_view event_id) {
  return {Table::Images, "EVENTS#" + user.key_component(), event_sort(event_id)};
}

std::string user_partition(const UserId& user) {
  return "USER#" + user.key_component();
}

std::string album_partition(const UserId& user, std::string_view album) {
  return "ALBUM#" + user.key_component() + '#' + escaped(album);
}

std::string tag_partition(const UserId& user, std::string_view tag) {
  return "TAG#" + user.key_component() + '#' + escaped(tag);
}

std::string album_tag_partition(const UserId& user, std::string_view album, std::string_view tag) {
  return "ALBUMTAG#" + user.key_component() + '#' + escaped(album) + '#' + escaped(tag);
}

std::string uploaded_sort(UnixTime uploaded_at, const ImageId& id) {
  return "UPLOADED#" + to_rfc3339(uploaded_at) + '#' + id.text();
}

std::string event_sort(std::string_view event_id) {
  return "EVENT#" + std::string(event_id);
}

std::string due_partition(DueKind kind, int shard) {
  static constexpr std::array<const char*, 4> kNames = {"DUE#", "DERIVE#", "ANNOUNCE#", "EVENT#"};
  return kNames.at(static_cast<std::size_t>(kind)) + std::to_string(shard);
}

std::string due_partition(DueKind kind, const ImageId& image) {
  return due_partition(kind,
                       static_cast<unsigned char>(image.text().back()) % kDueShards);  // the end of a ULID is random
}

std::string due_sort(UnixTime due, std::string_view id) {
  return padded(due).append("#").append(id);
}

std::string due_sort_up_to(UnixTime now) {
  return padded(now) + '$';  // the character after '#'
}

}  // namespace tintype::dynamodb
