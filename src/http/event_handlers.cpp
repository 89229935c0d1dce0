#include "http/event_handlers.h"

#include "base/text.h"
#include "base/ulid.h"
#include "http/error_response.h"
#include "model/validation.h"

namespace tintype::http {
namespace {

// Where a client goes on; EventSource sends the header, code that cannot set headers the parameter.
Result<std::optional<std::string>> last_event_id(const Request& request) {
  std::string_view id = trim(request.headers.get("Last-Event-ID"));
  if (id.empty()) id = request.parameter("lastEventId").value_or("");
  if (id.empty()) return std::optional<std::string>();
  if (!is_ulid(id)) return invalid_field("lastEventId", "is not the id of an event");
  return std::optional<std::string>(id);
}

ImageEventType type_of(ProcessingStatus status) {
  switch (status) {
    case ProcessingStatus::Completed:
      return ImageEventType::Completed;
    case ProcessingStatus::Failed:
      return ImageEventType::Failed;
    case ProcessingStatus::Pending:
    case ProcessingStatus::Processing:
      break;
  }
  return ImageEventType::Processing;
}

// The state as the event that led to it; its id is that of the event, if nothing else of the image was changed since.
ImageEvent state_of(const ImageRecord& record) {
  return event_of(record, type_of(record.status), record.updated_at);
}

}  // namespace

Response EventHandlers::of_user(Request& request) {
  auto after = last_event_id(request);
  if (!after) return error_response(after.error(), request.id);
  if (request.method == "HEAD") return stream_response(nullptr);
  auto subscription = hub_.subscribe({.user = *request.user, .after = std::move(*after)}, request.deadline);
  if (!subscription) return error_response(subscription.error(), request.id);
  return stream_response(std::make_unique<EventStream>(std::move(*subscription), renderer_, std::nullopt));
}

// The subscription is older than the record that is read, so that no change falls between the two.
Response EventHandlers::of_image(Request& request) {
  const auto id = ImageId::parse(request.captured);
  if (!id) return error_response({ErrorCode::NotFound, "there is no image with this id"}, request.id);
  auto after = last_event_id(request);
  if (!after) return error_response(after.error(), request.id);
  EventInterest interest{.user = *request.user, .image = *id, .after = std::move(*after)};
  auto subscription = hub_.subscribe(interest, request.deadline);
  if (subscription && (*subscription)->is_cut()) {  // the present state says as much as what led to it
    interest.after.reset();
    subscription = hub_.subscribe(interest, request.deadline);
  }
  if (!subscription) return error_response(subscription.error(), request.id);
  const auto record = get_.run(*request.user, *id, request.deadline);
  if (!record) return error_response(record.error(), request.id);
  if (request.method == "HEAD") return stream_response(nullptr);
  std::optional<ImageEvent> present;
  if (!interest.after) present = state_of(*record);
  return stream_response(std::make_unique<EventStream>(std::move(*subscription), renderer_, present));
}

Response EventHandlers::stream_response(std::unique_ptr<EventStream> stream) const {
  Response response;
  response.set("Content-Type", "text/event-stream");
  response.set("Cache-Control", "no-store");
  response.set("X-Accel-Buffering", "no");  // nginx would hold events back
  response.body =
      StreamBody{.stream = std::move(stream), .idle_text = ": keep-alive\n\n", .idle_after = options_.keep_alive};
  return response;
}

}  // namespace tintype::http
