#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "http/image_handlers.h"
#include "http/request.h"
#include "http/response.h"
#include "service/event_hub.h"
#include "service/get_image.h"
#include "service/image_cache.h"

namespace tintype::http {

// GET /images/{id}, which a client can have wait for an image that is processing: with `?wait=SECONDS`, or
// `Prefer: wait=SECONDS` (RFC 7240 section 4.3). No thread waits. Thread-safe.
class ImageWait {
 public:
  ImageWait(ImageHandlers& images, GetImage& get, ImageCache& reads, EventHub& hub)
      : images_(images), get_(get), reads_(reads), hub_(hub) {}

  Response get(Request& request);
  // As in ImageHandlers; a request that waits is none of theirs.
  std::optional<Response> get_at_once(Request& request);
  bool get_soon(Request& request, std::function<void(std::optional<Response>)> done);

 private:
  // The wait that begins with this; nullopt if there is nothing to wait for.
  Result<std::optional<Later>> begin(const Request& request, const ImageId& id, std::chrono::seconds wait);

  ImageHandlers& images_;
  GetImage& get_;
  ImageCache& reads_;
  EventHub& hub_;
};

// How long the client wants to wait; nullopt: not at all. ValidationFailed if `?wait` is not 1 to 60. A preference that
// is no number is ignored, and a longer one is taken for 60.
struct WantedWait {
  std::chrono::seconds time;
  bool is_preference = false;
};
Result<std::optional<WantedWait>> wanted_wait(const Request& request);

}  // namespace tintype::http
