#include "adapters/metadata_dynamodb/outbox.h"

#include "adapters/metadata_dynamodb/event_item.h"
#include "adapters/metadata_dynamodb/keys.h"

namespace tintype::dynamodb {
namespace {

Result<void> send(Database& database, const ImageEvent& event, Deadline deadline) {
  if (auto logged = log_once(database, event, deadline); !logged) return logged;
  Write update{.kind = Write::Kind::Update,
               .key = image_key(event.image_id),
               .update = "REMOVE #outbox",
               .condition = "#outbox.#eventId = :sent"};
  update.values.emplace(":sent", text_value(event.id));
  const auto emptied = database.write(update, deadline);  // false: by somebody else, or the image is gone
  return emptied ? Result<void>() : fail(emptied.error());
}

}  // namespace

Result<Written> write_with_event(Database& database, Write put, const ImageEvent& event, Deadline deadline) {
  if (database.has_transactions()) {
    const auto refused = database.write_together(std::array{std::move(put), put_event(database, event)}, deadline);
    if (!refused) return fail(refused.error());
    return *refused ? Written::Refused : Written::Done;
  }
  put.item.insert_or_assign(kOutbox, map_value(event_attributes(event)));
  const auto written = database.write_or_tell(put, deadline);
  if (!written || *written != Written::Done) return written;
  if (auto sent = send(database, event, deadline); !sent) return fail(sent.error());
  return written;
}

Result<ImageItem> find_settled(Database& database, const ImageId& id, Deadline deadline) {
  auto image = find_image(database, id, deadline);
  if (!image || !image->outbox) return image;
  if (auto sent = send(database, *image->outbox, deadline); !sent) return fail(sent.error());
  image->raw.erase(kOutbox);
  image->outbox.reset();
  return image;
}

Result<void> log_once(Database& database, const ImageEvent& event, Deadline deadline) {
  Write put = put_event(database, event);
  put.condition = "attribute_not_exists(#PK)";
  const auto logged = database.write(put, deadline);
  return logged ? Result<void>() : fail(logged.error());
}

}  // namespace tintype::dynamodb
