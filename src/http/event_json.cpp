#include "http/event_json.h"

#include "base/json_object.h"
#include "http/image_json.h"

namespace tintype::http {

std::string event_json(const ImageEvent& event, std::string_view blob_base_url) {
  std::optional<std::string> thumbnail_url;
  if (event.thumbnail_key) thumbnail_url = blob_url(blob_base_url, *event.thumbnail_key);
  JsonObject json;
  json.add("imageId", event.image_id.text());
  json.add("userId", event.user.text());
  json.add("processingStatus", event_name(event.type));  // they are the names of the states that they lead to
  json.add("thumbnailUrl", thumbnail_url);
  json.add("thumbnailKey", event.thumbnail_key);
  json.add("processingError", event.error);
  json.add("version", event.version);
  json.add("at", to_rfc3339(event.at));
  return std::move(json).finish();
}

}  // namespace tintype::http
