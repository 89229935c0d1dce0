#include "adapters/metadata_dynamodb/events.h"

#include "adapters/metadata_dynamodb/due_items.h"
#include "adapters/metadata_dynamodb/event_item.h"

namespace tintype::dynamodb {
namespace {

constexpr std::size_t kIdLength = 26;

Key key_of(const Item& item) {
  return {Table::Images, text_of(item, "PK").value_or(""), text_of(item, "SK").value_or("")};
}

bool is_unannounced(const Item& item) {
  static const std::string kPartition = due_partition(DueKind::Announcement, 0);
  const std::string partition = text_of(item, kDueIndex.partition).value_or("");
  return partition.starts_with(std::string_view(kPartition).substr(0, kPartition.size() - 1));
}

Result<void> add_events(std::vector<ImageEvent>& events, const std::vector<Item>& items) {
  for (const Item& item : items) {
    auto event = read_event(item);
    if (!event) return fail(event.error());
    events.push_back(std::move(*event));
  }
  return {};
}

// False: it was not there.
Result<bool> remove(Database& database, const Item& item, Deadline deadline) {
  return database.write({.kind = Write::Kind::Delete, .key = key_of(item), .condition = "attribute_exists(#PK)"},
                        deadline);
}

}  // namespace

Result<std::vector<ImageEvent>> events_after(Database& database, const UserId& user, const std::string& after,
                                             int limit, Deadline deadline) {
  std::vector<ImageEvent> events;
  if (limit <= 0) return events;
  // An id is greater than a text if it is greater than as much of it as an id is long.
  Query query{.partition = event_key(user, "").partition, .sort_after = event_sort(after.substr(0, kIdLength))};
  do {
    query.limit = limit - static_cast<int>(events.size());
    auto page = database.query(query, deadline);
    if (!page) return fail(page.error());
    if (auto added = add_events(events, page->items); !added) return fail(added.error());
    query.start_after = std::move(page->last_key);
  } while (!query.start_after.empty() && events.size() < static_cast<std::size_t>(limit));
  return events;
}

// The index, which may lag behind, only names them.
Result<std::vector<ImageEvent>> unannounced(Database& database, int limit, Deadline deadline) {
  std::vector<ImageEvent> events;
  if (!database.announces_events()) return events;
  const auto named = due_items(database, Table::Images, DueKind::Announcement, UnixTime::max(), limit, deadline);
  if (!named) return fail(named.error());
  std::vector<Key> keys;
  std::ranges::transform(*named, std::back_inserter(keys), key_of);
  auto items = database.get_all(keys, deadline);
  if (!items) return fail(items.error());
  std::erase_if(*items, [](const Item& item) { return !is_unannounced(item); });
  if (auto added = add_events(events, *items); !added) return fail(added.error());
  std::ranges::sort(events, {}, &ImageEvent::id);
  return events;
}

Result<void> mark_announced(Database& database, std::span<const ImageEvent> events, Deadline deadline) {
  for (const ImageEvent& event : events) {
    Write update{.kind = Write::Kind::Update,
                 .key = event_key(event),
                 .update = "SET #DuePK = :announced",
                 .condition = "attribute_exists(#PK)"};
    update.values.emplace(":announced", text_value(due_partition(DueKind::Event, event.image_id)));
    if (auto marked = database.write(update, deadline); !marked) return fail(marked.error());
  }
  return {};
}

Result<int> forget(Database& database, UnixTime before, int limit, Deadline deadline) {
  int forgotten = 0;
  for (const DueKind kind : {DueKind::Announcement, DueKind::Event}) {
    const UnixTime last = before - UnixTime::duration(1);
    const auto items = due_items(database, Table::Images, kind, last, limit - forgotten, deadline);
    if (!items) return fail(items.error());
    for (const Item& item : *items) {
      const auto removed = remove(database, item, deadline);
      if (!removed) return fail(removed.error());
      forgotten += *removed ? 1 : 0;
    }
  }
  return forgotten;
}

}  // namespace tintype::dynamodb
