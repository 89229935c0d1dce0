// DESIGN. Records carry the keys of UserIndex and AlbumIndex, so that a page of a user's images or of an album is a
// range of one index partition. Tags have items of their own (tags.h), which carry keys of the same two indexes under
// other partitions, since DynamoDB has no index over the elements of a list. Such a page names images only; the
// records are then read from the table, and those that do not match are left out.
#include "adapters/metadata_dynamodb/listing.h"

#include <map>

#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/record_item.h"

namespace tintype::dynamodb {
namespace {

constexpr int kMaxLimit = 100;

bool matches(const ImageRecord& record, const ListQuery& query) {
  const auto& tags = record.text.tags;
  return record.user_id == query.user && (!query.album_id || record.text.album_id == *query.album_id) &&
         (!query.tag || std::ranges::find(tags, *query.tag) != tags.end());
}

std::string partition_of(const ListQuery& query) {
  if (query.album_id && query.tag) return album_tag_partition(query.user, *query.album_id, *query.tag);
  if (query.album_id) return album_partition(query.user, *query.album_id);
  return query.tag ? tag_partition(query.user, *query.tag) : user_partition(query.user);
}

Query query_of(const ListQuery& query, int limit) {
  Query range{.index = query.album_id ? kAlbumIndex : kUserIndex,
              .partition = partition_of(query),
              .sort_prefix = "UPLOADED#",
              .forward = query.order == SortOrder::OldestFirst,
              .limit = limit};
  if (!query.after) return range;
  const ImageId& id = query.after->image_id;
  range.start_after = key_item(query.tag ? tag_key(id, *query.tag) : image_key(id));
  set_text(range.start_after, range.index.partition, range.partition);
  set_text(range.start_after, range.index.sort, uploaded_sort(query.after->uploaded_at, id));
  return range;
}

Result<std::vector<ImageRecord>> read_all(const std::vector<Item>& items) {
  std::vector<ImageRecord> records;
  for (const Item& item : items) {
    auto record = read_record(item);
    if (!record) return fail(record.error());
    records.push_back(std::move(*record));
  }
  return records;
}

// The records of the images that the items name, in their order; without those that are gone.
Result<std::vector<ImageRecord>> look_up(Database& database, const std::vector<Item>& named, Deadline deadline) {
  std::vector<Key> keys;
  std::map<std::string, std::size_t> places;
  for (const Item& item : named) {
    const auto id = ImageId::parse(text_of(item, "imageId").value_or(""));
    if (!id) return unreadable("a tag of an image");
    places.emplace(id->text(), keys.size());
    keys.push_back(image_key(*id));
  }
  auto items = database.get_all(keys, deadline);
  if (!items) return fail(items.error());
  std::erase_if(*items, [](const Item& item) { return !item.contains(kRecordMark); });
  auto records = read_all(*items);
  if (!records) return records;
  std::ranges::sort(*records, {}, [&](const ImageRecord& r) { return places.at(r.image_id.text()); });
  return records;
}

}  // namespace

Result<ListPage> list_records(Database& database, const ListQuery& query, Deadline deadline) {
  const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, kMaxLimit));
  Query range = query_of(query, static_cast<int>(limit) + 1);
  ListPage page;
  do {
    auto found = database.query(range, deadline);
    if (!found) return fail(found.error());
    auto records = query.tag ? look_up(database, found->items, deadline) : read_all(found->items);
    if (!records) return fail(records.error());
    for (ImageRecord& record : *records) {
      if (!matches(record, query)) continue;
      if (page.images.size() == limit) {
        page.next = ListPosition{page.images.back().uploaded_at, page.images.back().image_id};
        return page;
      }
      page.images.push_back(std::move(record));
    }
    range.start_after = std::move(found->last_key);
  } while (!range.start_after.empty());
  return page;
}

}  // namespace tintype::dynamodb
