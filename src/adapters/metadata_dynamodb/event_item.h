// The item of an event, EVENTS#{user} / EVENT#{id}. In the due index it is by its time: among those that are to be
// announced until it has been, then among the others.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "model/image_event.h"

namespace tintype::dynamodb {

// Where an image's item keeps an event that may not be in the log yet (outbox.h).
inline constexpr std::string_view kOutbox = "outbox";

// What the event says, without its key and its places in indexes.
Item event_attributes(const ImageEvent& event);
// Error: StoreUnavailable, if there is no whole event in it.
Result<ImageEvent> read_event(const Item& item);

Key event_key(const ImageEvent& event);

// Writes the event, as one that is to be announced if the database's are. Written again it is to be announced again.
Write put_event(const Database& database, const ImageEvent& event);

}  // namespace tintype::dynamodb
