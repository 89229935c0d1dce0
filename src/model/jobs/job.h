#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/image_record.h"
#include "model/new_job.h"
#include "model/recipe.h"

namespace tintype {

// What the service puts into its job queue (ports/job_queue.h). A body is a JSON object with a member "type".

// Make a derivative of an image.
struct DeriveJob {
  std::string recipe;  // model/recipe.h
  UserId user;
  ImageId image_id;
  std::int64_t version = 1;  // of the derivative that was to be made when the job was

  friend bool operator==(const DeriveJob&, const DeriveJob&) = default;
};

// Tell somebody by HTTP of what has happened.
struct WebhookJob {
  std::string event_id;
  std::int64_t timestamp = 0;  // of the event, in seconds since 1970
  std::string payload;         // what is sent: JSON

  friend bool operator==(const WebhookJob&, const WebhookJob&) = default;
};

NewJob new_job(const DeriveJob& job);
NewJob new_job(const WebhookJob& job);

// The job that makes the thumbnail of a record that has none, or has an old one.
DeriveJob thumbnail_job(const ImageRecord& record);

// "derive", "webhook", or what else the body says; empty if it is no job of ours.
std::string job_type(std::string_view body);
// nullopt: it is none.
std::optional<DeriveJob> parse_derive_job(std::string_view body);
std::optional<WebhookJob> parse_webhook_job(std::string_view body);

}  // namespace tintype
