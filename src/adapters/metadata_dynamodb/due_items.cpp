#include "adapters/metadata_dynamodb/due_items.h"

namespace tintype::dynamodb {

Result<std::vector<Item>> due_items(Database& database, Table table, DueKind kind, UnixTime now, int limit,
                                    Deadline deadline) {
  std::vector<Item> items;
  if (limit <= 0) return items;
  for (int shard = 0; shard < kDueShards; ++shard) {
    auto page = database.query({.table = table,
                                .index = kDueIndex,
                                .partition = due_partition(kind, shard),
                                .sort_up_to = due_sort_up_to(now),
                                .limit = limit},
                               deadline);
    if (!page) return fail(page.error());
    std::ranges::move(page->items, std::back_inserter(items));
  }
  std::ranges::sort(items, {}, [](const Item& item) { return text_of(item, kDueIndex.sort).value_or(""); });
  if (items.size() > static_cast<std::size_t>(limit)) items.resize(static_cast<std::size_t>(limit));
  return items;
}

}  // namespace tintype::dynamodb
