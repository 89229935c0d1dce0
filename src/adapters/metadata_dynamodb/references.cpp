#include "adapters/metadata_dynamodb/references.h"

#include <map>

#include "adapters/metadata_dynamodb/claim_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "model/blob_key.h"

namespace tintype::dynamodb {
namespace {

// A record that is being worked on will refer to a key that it does not name yet.
KeysInUse keys_of(const ImageRecord& record) {
  if (record.status == ProcessingStatus::Pending || record.status == ProcessingStatus::Processing) return {.all = true};
  KeysInUse use{.keys = {record.main_key}};
  if (record.thumbnail_key) use.keys.push_back(*record.thumbnail_key);
  return use;
}

using ItemsOfImages = std::map<std::string, Item>;

Result<ItemsOfImages> items_of(Database& database, std::span<const std::string> texts, Deadline deadline) {
  std::vector<Key> wanted;
  for (const std::string& text : texts) {
    const auto key = BlobKey::parse(text);
    if (!key) continue;
    Key of_image = image_key(key->image());
    // The keys of one image come together, or BatchGetItem refuses the second.
    const bool is_new = std::ranges::none_of(wanted, [&](const Key& k) { return k.partition == of_image.partition; });
    if (is_new) wanted.push_back(std::move(of_image));
  }
  auto found = database.get_all(wanted, deadline);
  if (!found) return fail(found.error());
  ItemsOfImages items;
  for (Item& item : *found) {
    std::string id = text_of(item, "imageId").value_or("");
    items.emplace(std::move(id), std::move(item));
  }
  return items;
}

}  // namespace

Result<KeysInUse> keys_in_use(Database& database, const ImageItem& image, const ImageId& id, Deadline deadline) {
  if (image.record) return keys_of(*image.record);
  if (!image.claimed_by) return KeysInUse();
  const auto stored = find_claim(database, image.claimed_by->user, image.claimed_by->token, deadline);
  if (!stored) return fail(stored.error());
  const bool is_its_claim = *stored && (*stored)->claim.image_id == id;
  return is_its_claim ? KeysInUse{.keys = (*stored)->claim.blob_keys} : KeysInUse();
}

Result<std::vector<std::string>> unreferenced(Database& database, std::span<const std::string> keys,
                                              Deadline deadline) {
  const auto items = items_of(database, keys, deadline);
  if (!items) return fail(items.error());
  std::vector<std::string> found;
  for (const std::string& text : keys) {
    const auto key = BlobKey::parse(text);
    if (!key) continue;
    const auto item = items->find(key->image().text());
    const auto image = read_image(item != items->end() ? item->second : Item());
    if (!image) return fail(image.error());
    const auto in_use = keys_in_use(database, *image, key->image(), deadline);
    if (!in_use) return fail(in_use.error());
    const bool in_journal =
        image->deletion && std::ranges::find(image->deletion->blob_keys, text) != image->deletion->blob_keys.end();
    if (!in_use->has(text) && !in_journal) found.push_back(text);
  }
  return found;
}

}  // namespace tintype::dynamodb
