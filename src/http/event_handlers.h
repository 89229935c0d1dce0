#pragma once

#include <memory>

#include "http/event_stream.h"
#include "http/json_renderer.h"
#include "http/request.h"
#include "http/response.h"
#include "service/event_hub.h"
#include "service/get_image.h"

namespace tintype::http {

// The event streams. Thread-safe.
class EventHandlers {
 public:
  struct Options {
    std::chrono::milliseconds keep_alive{15'000};  // between signs of life
  };
  EventHandlers(GetImage& get, EventHub& hub, const JsonRenderer& renderer, Options options)
      : get_(get), hub_(hub), renderer_(renderer), options_(options) {}

  Response of_user(Request& request);   // all images of the caller, from now on or from Last-Event-ID
  Response of_image(Request& request);  // one image, from its present state on or from Last-Event-ID, to its end

 private:
  Response stream_response(std::unique_ptr<EventStream> stream) const;

  GetImage& get_;
  EventHub& hub_;
  const JsonRenderer& renderer_;
  const Options options_;
};

}  // namespace tintype::http
