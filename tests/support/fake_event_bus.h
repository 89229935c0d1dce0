#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "ports/event_bus.h"

namespace tintype::testing_support {

// Remembers the images of which it was told. Thread-safe.
class FakeEventBus final : public EventBus {
 public:
  void publish(const UserId&, const ImageId& image) override {
    const std::lock_guard lock(mutex_);
    published_.push_back(image.text());
  }
  void listen(Heard) override {}

  std::vector<std::string> published() const {
    const std::lock_guard lock(mutex_);
    return published_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> published_;  // guarded by mutex_
};

}  // namespace tintype::testing_support
