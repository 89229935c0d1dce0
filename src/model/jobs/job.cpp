#include "model/jobs/job.h"

#include <boost/json.hpp>

#include "base/json_object.h"

namespace tintype {
namespace {

namespace json = boost::json;

constexpr std::string_view kDerive = "derive";
constexpr std::string_view kWebhook = "webhook";

std::optional<json::object> parse(std::string_view body) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 4;
  json::value value = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  const json::string* const text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::optional(std::string(text->data(), text->size())) : std::nullopt;
}

std::optional<std::int64_t> number_of(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  const std::int64_t* const number = value != nullptr ? value->if_int64() : nullptr;
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

// The object, if it is a job of this type.
std::optional<json::object> parse(std::string_view body, std::string_view type) {
  auto object = parse(body);
  return object && text_of(*object, "type") == type ? std::move(object) : std::nullopt;
}

}  // namespace

NewJob new_job(const DeriveJob& job) {
  JsonObject body;
  body.add("type", kDerive);
  body.add("recipe", job.recipe);
  body.add("userId", job.user.text());
  body.add("imageId", job.image_id.text());
  body.add("version", job.version);
  return {.key = "derive/" + job.recipe + '/' + job.image_id.text(), .body = std::move(body).finish()};
}

NewJob new_job(const WebhookJob& job) {
  JsonObject body;
  body.add("type", kWebhook);
  body.add("eventId", job.event_id);
  body.add("timestamp", job.timestamp);
  body.add("payload", job.payload);
  return {.key = "webhook/" + job.event_id, .body = std::move(body).finish()};
}

DeriveJob thumbnail_job(const ImageRecord& record) {
  return {.recipe = std::string(kThumbnailRecipe),
          .user = record.user_id,
          .image_id = record.image_id,
          .version = record.thumbnail_version + 1};
}

std::string job_type(std::string_view body) {
  const auto object = parse(body);
  return object ? text_of(*object, "type").value_or("") : "";
}

std::optional<DeriveJob> parse_derive_job(std::string_view body) {
  const auto object = parse(body, kDerive);
  if (!object) return std::nullopt;
  auto recipe = text_of(*object, "recipe");
  const auto user = UserId::parse(text_of(*object, "userId").value_or(""));
  const auto image = ImageId::parse(text_of(*object, "imageId").value_or(""));
  const auto version = number_of(*object, "version");
  if (!recipe || !user || !image || !version || *version < 1) return std::nullopt;
  return DeriveJob{.recipe = std::move(*recipe), .user = *user, .image_id = *image, .version = *version};
}

std::optional<WebhookJob> parse_webhook_job(std::string_view body) {
  const auto object = parse(body, kWebhook);
  if (!object) return std::nullopt;
  auto event = text_of(*object, "eventId");
  const auto timestamp = number_of(*object, "timestamp");
  auto payload = text_of(*object, "payload");
  if (!event || !timestamp || !payload) return std::nullopt;
  return WebhookJob{.event_id = std::move(*event), .timestamp = *timestamp, .payload = std::move(*payload)};
}

}  // namespace tintype
