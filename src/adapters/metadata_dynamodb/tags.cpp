#include "adapters/metadata_dynamodb/tags.h"

#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/record_item.h"

namespace tintype::dynamodb {

Write put_tag(const ImageRecord& record, std::string_view tag) {
  Write put{.kind = Write::Kind::Put,
            .key = tag_key(record.image_id, tag),
            .item = tag_item(record, tag),
            .condition = "attribute_not_exists(#PK) OR #taggedVersion <= :version"};
  put.values.emplace(":version", number_value(record.version));
  return put;
}

Result<void> put_tags(Database& database, const ImageRecord& record, Deadline deadline) {
  for (const std::string& tag : record.text.tags) {
    if (auto put = database.write(put_tag(record, tag), deadline); !put) return fail(put.error());
  }
  return {};
}

Result<void> remove_tag(Database& database, const ImageRecord& record, std::string_view tag, Deadline deadline) {
  Write remove{
      .kind = Write::Kind::Delete, .key = tag_key(record.image_id, tag), .condition = "#taggedVersion < :version"};
  remove.values.emplace(":version", number_value(record.version));
  const auto removed = database.write(remove, deadline);
  return removed ? Result<void>() : fail(removed.error());
}

Result<void> remove_all_tags(Database& database, const ImageId& id, Deadline deadline) {
  Query query{.partition = image_key(id).partition, .sort_prefix = "TAG#"};
  do {
    auto page = database.query(query, deadline);
    if (!page) return fail(page.error());
    for (const Item& item : page->items) {
      const Key key{Table::Images, query.partition, text_of(item, "SK").value_or("")};
      if (auto removed = database.write({.kind = Write::Kind::Delete, .key = key}, deadline); !removed) {
        return fail(removed.error());
      }
    }
    query.start_after = std::move(page->last_key);
  } while (!query.start_after.empty());
  return {};
}

}  // namespace tintype::dynamodb
