#include "adapters/metadata_dynamodb/event_item.h"

#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "base/ulid.h"

namespace tintype::dynamodb {
namespace {

// DynamoDB's own removal of old events, where the table has it switched on, for when nobody forgets them.
constexpr std::chrono::hours kTtl{24 * 30};

}  // namespace

Item event_attributes(const ImageEvent& event) {
  Item item;
  set_text(item, "eventId", event.id);
  set_text(item, "eventType", std::string(event_name(event.type)));
  set_text(item, "userId", event.user.text());
  set_text(item, "imageId", event.image_id.text());
  set_text(item, "at", to_rfc3339(event.at));
  item.insert_or_assign("version", number_value(event.version));
  set_text(item, "thumbnailKey", event.thumbnail_key);
  set_text(item, "error", event.error);
  return item;
}

Result<ImageEvent> read_event(const Item& item) {
  auto id = text_of(item, "eventId");
  const auto type = parse_event_name(text_of(item, "eventType").value_or(""));
  const auto user = UserId::parse(text_of(item, "userId").value_or(""));
  const auto image = ImageId::parse(text_of(item, "imageId").value_or(""));
  const auto at = parse_rfc3339(text_of(item, "at").value_or(""));
  const auto version = number_of(item, "version");
  if (!id || !is_ulid(*id) || !type || !user || !image || !at || !version) {
    return unreadable("event " + id.value_or("?"));
  }
  return ImageEvent{.id = std::move(*id),
                    .type = *type,
                    .user = *user,
                    .image_id = *image,
                    .at = *at,
                    .version = *version,
                    .thumbnail_key = text_of(item, "thumbnailKey"),
                    .error = text_of(item, "error")};
}

Key event_key(const ImageEvent& event) {
  return event_key(event.user, event.id);
}

Write put_event(const Database& database, const ImageEvent& event) {
  Write put{.kind = Write::Kind::Put, .key = event_key(event), .item = event_attributes(event)};
  const DueKind kind = database.announces_events() ? DueKind::Announcement : DueKind::Event;
  set_text(put.item, kDueIndex.partition, due_partition(kind, event.image_id));
  set_text(put.item, kDueIndex.sort, due_sort(event.at, event.id));
  const auto expires = std::chrono::floor<std::chrono::seconds>(event.at) + kTtl;
  put.item.insert_or_assign("ttl", number_value(std::int64_t{expires.time_since_epoch().count()}));
  return put;
}

}  // namespace tintype::dynamodb
