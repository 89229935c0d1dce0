#include "http/json_renderer.h"

#include "base/crypto/sha256.h"
#include "base/json_object.h"
#include "base/text.h"
#include "http/event_json.h"
#include "http/image_json.h"

namespace tintype::http {
namespace {

// Counts up when image_json.cpp writes anything else than before, for replicas of two releases beside each other.
constexpr std::string_view kForm = "1 ";
constexpr std::size_t kVariantBytes = 8;

}  // namespace

void JsonRenderer::set_blob_base_url(std::string url) {
  blob_base_url_ = std::move(url);
  const auto digest = sha256(as_bytes(std::string(kForm) + blob_base_url_));
  variant_ = hex(std::span(digest).first(kVariantBytes));
}

std::string JsonRenderer::image(const ImageRecord& record) const {
  return image_json(record, blob_base_url_);
}

std::string JsonRenderer::list(const ListPage& page, const ListQuery& query) const {
  return image_list_json(page, query, blob_base_url_);
}

std::string JsonRenderer::event(const ImageEvent& event) const {
  return event_json(event, blob_base_url_);
}

std::string JsonRenderer::webhook(const ImageEvent& event) const {
  JsonObject json;
  json.add("type", "image." + std::string(event_name(event.type)));
  json.add("timestamp", to_rfc3339(event.at));
  json.add_raw("data", event_json(event, blob_base_url_));
  return std::move(json).finish();
}

}  // namespace tintype::http
