#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/image_record.h"

namespace tintype {

enum class ImageEventType { Processing, Completed, Failed, Deleted };

// "processing", "completed", "failed", "deleted".
std::string_view event_name(ImageEventType type);
std::optional<ImageEventType> parse_event_name(std::string_view name);

// Something that has become of an image.
struct ImageEvent {
  std::string id;  // a ULID, whose time is `at`; no other event has it, and events sort by it
  ImageEventType type = ImageEventType::Completed;
  UserId user;
  ImageId image_id;
  UnixTime at;
  std::int64_t version = 1;                       // of the record, after this
  std::optional<std::string> thumbnail_key = {};  // if it has one that can be had
  std::optional<std::string> error = {};          // why, if it failed

  friend bool operator==(const ImageEvent&, const ImageEvent&) = default;
};

// What is said of `record`, as it is after the change. The same change of the same image gives the same event, id and
// all, so that whoever writes it again does not write a second one.
ImageEvent event_of(const ImageRecord& record, ImageEventType type, UnixTime at);
// When a change of `record` that is made at `now` has happened: later than the last one, whatever the clocks of the
// machines say, so that the events of an image are in order.
UnixTime time_of_change(const ImageRecord& record, UnixTime now);
// The event of a record that has just been made: Processing, or Completed.
ImageEvent upload_event(const ImageRecord& record);

}  // namespace tintype
