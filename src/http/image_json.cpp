#include "http/image_json.h"

#include <cmath>

#include "base/json_object.h"
#include "http/list_cursor.h"

namespace tintype::http {
namespace {

std::string string_array(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const auto& text : texts) {
    if (json.size() > 1) json += ',';
    append_json_string(json, text);
  }
  return json + ']';
}

double aspect_ratio(const ImageRecord& record) {
  if (record.height == 0) return 0;
  return std::round(10'000.0 * record.width / record.height) / 10'000;
}

void add_pictures(JsonObject& image, const ImageRecord& record, std::string_view blob_base_url) {
  std::optional<std::string> thumbnail_url;
  if (record.thumbnail_key) thumbnail_url = blob_url(blob_base_url, *record.thumbnail_key);
  image.add("imageUrl", blob_url(blob_base_url, record.main_key));
  image.add("thumbnailUrl", thumbnail_url);
  image.add("s3Key", record.main_key);
  image.add("thumbnailKey", record.thumbnail_key);
  image.add("processingStatus", status_name(record.status));
  if (record.processing_error) image.add("processingError", *record.processing_error);
  image.add("placeholder", record.placeholder);
  image.add("width", std::int64_t{record.width});
  image.add("height", std::int64_t{record.height});
  image.add("aspectRatio", aspect_ratio(record));
  image.add("format", "webp");
  image.add("quality", std::int64_t{record.quality});
}

}  // namespace

std::string blob_url(std::string_view blob_base_url, std::string_view key) {
  return std::string(blob_base_url) + '/' + std::string(key);
}

std::string image_json(const ImageRecord& record, std::string_view blob_base_url) {
  JsonObject image;
  image.add("imageId", record.image_id.text());
  image.add("userId", record.user_id.text());
  image.add("albumId", record.text.album_id);
  image.add("title", record.text.title);
  image.add("description", record.text.description);
  image.add("altText", record.text.alt_text);
  image.add_raw("tags", string_array(record.text.tags));
  add_pictures(image, record, blob_base_url);
  image.add("originalFilename", record.original_filename);
  image.add("mimeType", mime_type(record.source_format));
  image.add("fileSize", static_cast<std::int64_t>(record.file_size));
  image.add("processedSize", static_cast<std::int64_t>(record.processed_size));
  image.add("sourcePages", std::int64_t{record.source_pages});
  image.add("contentSha256", record.content_sha256);
  image.add("createdAt", to_rfc3339(record.created_at));
  image.add("updatedAt", to_rfc3339(record.updated_at));
  image.add("uploadedAt", to_rfc3339(record.uploaded_at));
  image.add("version", record.version);
  return std::move(image).finish();
}

std::string image_list_json(const ListPage& page, const ListQuery& query, std::string_view blob_base_url) {
  std::string images = "[";
  for (const ImageRecord& record : page.images) {
    if (images.size() > 1) images += ',';
    images += image_json(record, blob_base_url);
  }
  images += ']';

  std::optional<std::string> cursor;
  if (page.next) cursor = encode_cursor(query, *page.next);
  JsonObject pagination;
  pagination.add("limit", std::int64_t{query.limit});
  pagination.add("hasMore", page.next.has_value());
  pagination.add("nextCursor", cursor);

  JsonObject list;
  list.add_raw("images", images);
  list.add_raw("pagination", std::move(pagination).finish());
  return std::move(list).finish();
}

std::string version_etag(std::int64_t version) {
  return "\"v" + std::to_string(version) + '"';
}

}  // namespace tintype::http
