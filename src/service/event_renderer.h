#pragma once

#include <string>

#include "model/image_event.h"

namespace tintype {

// How events look to those who are told of them.
class EventRenderer {
 public:
  virtual ~EventRenderer() = default;

  // What a webhook says: {"type":"image.completed","timestamp":"2026-11-22T16:40:00.123Z","data":{…}}. The same event
  // must give the same text each time. Thread-safe.
  virtual std::string webhook(const ImageEvent& event) const = 0;
};

}  // namespace tintype
