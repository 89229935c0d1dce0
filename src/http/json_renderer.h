#pragma once

#include <string>

#include "model/image_event.h"
#include "service/event_renderer.h"
#include "service/image_cache.h"

namespace tintype::http {

// Records as the API's JSON (http/image_json.h). Thread-safe; the base URL is set once, before the first request.
class JsonRenderer final : public RecordRenderer, public EventRenderer {
 public:
  JsonRenderer() { set_blob_base_url({}); }

  // What the URLs of pictures begin with, up to their keys, without a trailing slash. Answers that hold other URLs, of
  // another replica for instance, are another variant.
  void set_blob_base_url(std::string url);

  std::string image(const ImageRecord& record) const override;
  std::string list(const ListPage& page, const ListQuery& query) const override;
  // As in http/event_json.h.
  std::string event(const ImageEvent& event) const;
  // {"type":"image.completed","timestamp":…,"data":{…}}, with the event as data.
  std::string webhook(const ImageEvent& event) const override;
  const std::string& variant() const override { return variant_; }

 private:
  std::string blob_base_url_;
  std::string variant_;
};

}  // namespace tintype::http
