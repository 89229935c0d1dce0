#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/json_renderer.h"
#include "http/response.h"
#include "service/event_hub.h"

namespace tintype::http {

// Events as text/event-stream (WHATWG HTML, section 9.2).
class EventStream final : public BodyStream {
 public:
  // `present`, the state of an image, comes first; then of its events only those that change that.
  EventStream(std::unique_ptr<EventSubscription> subscription, const JsonRenderer& renderer,
              const std::optional<ImageEvent>& present);

  std::optional<std::string> take() override;
  void on_ready(std::function<void()> ready) override { subscription_->on_ready(std::move(ready)); }

 private:
  bool is_news(const ImageEvent& event) const;

  const std::unique_ptr<EventSubscription> subscription_;
  const JsonRenderer& renderer_;
  std::string beginning_;     // not taken yet
  std::int64_t version_ = 0;  // of the image in the present state
};

// "id: …", "event: …", "data: …" and an empty line.
std::string event_text(const ImageEvent& event, const JsonRenderer& renderer);

}  // namespace tintype::http
