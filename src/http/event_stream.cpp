#include "http/event_stream.h"

#include <utility>

namespace tintype::http {
namespace {

// Milliseconds after which a client comes again.
constexpr std::string_view kRetry = "retry: 2000\n\n";

}  // namespace

EventStream::EventStream(std::unique_ptr<EventSubscription> subscription, const JsonRenderer& renderer,
                         const std::optional<ImageEvent>& present)
    : subscription_(std::move(subscription)), renderer_(renderer), beginning_(kRetry) {
  if (!present) return;
  beginning_ += event_text(*present, renderer_);
  version_ = present->version;
}

std::optional<std::string> EventStream::take() {
  auto taken = subscription_->take();
  std::string text = std::exchange(beginning_, {});
  for (const ImageEvent& event : taken.events) {
    if (is_news(event)) text += event_text(event, renderer_);
  }
  // What came with the end goes first; the end is still there when it is asked for again.
  if (text.empty() && taken.ended) return std::nullopt;
  return text;
}

// A deletion has the version of what was deleted.
bool EventStream::is_news(const ImageEvent& event) const {
  return event.version > version_ || event.type == ImageEventType::Deleted;
}

std::string event_text(const ImageEvent& event, const JsonRenderer& renderer) {
  std::string text = "id: " + event.id + "\nevent: ";
  text += event_name(event.type);
  return text + "\ndata: " + renderer.event(event) + "\n\n";
}

}  // namespace tintype::http
