#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "ports/image_engine.h"

namespace tintype::testing_support {

// Forwards to another engine, except that renders fail or hang when told to. Probes are only counted: nothing in the
// field fails there and works after. Thread-safe.
class FaultInjectingImageEngine final : public ImageEngine {
 public:
  explicit FaultInjectingImageEngine(ImageEngine& inner) : inner_(inner) {}

  // The next `calls` of render return `error`.
  void fail_next(int calls, Error error = {ErrorCode::ImageUndecodable, "injected", {}, {}}) {
    const std::lock_guard lock(mutex_);
    failures_ = calls;
    error_ = std::move(error);
  }

  // The next `calls` of render wait for release() and then do their work, or end with their deadline as a stuck decoder
  // does. They come before the failures.
  void hang_next(int calls) {
    const std::lock_guard lock(mutex_);
    hangs_ = calls;
    released_ = false;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    hangs_ = 0;
    changed_.notify_all();
  }

  // Waits until `count` renders hang. False if `deadline` comes first.
  bool wait_for_hanging(int count, Deadline deadline) {
    std::unique_lock lock(mutex_);
    return wait(lock, deadline, [&] { return hanging_ >= count; });
  }

  int probes() const {
    const std::lock_guard lock(mutex_);
    return probes_;
  }
  int renders() const {
    const std::lock_guard lock(mutex_);
    return renders_;
  }

  Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) override {
    {
      const std::lock_guard lock(mutex_);
      ++probes_;
    }
    return inner_.probe(file, deadline);
  }

  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline deadline) override {
    if (auto error = injected(deadline)) return fail(std::move(*error));
    return inner_.render_all(file, specs, deadline);
  }

 private:
  std::optional<Error> injected(Deadline deadline) {
    std::unique_lock lock(mutex_);
    ++renders_;
    if (hangs_ > 0) {
      --hangs_;
      return hang(lock, deadline);
    }
    if (failures_ == 0) return std::nullopt;
    --failures_;
    return error_;
  }

  std::optional<Error> hang(std::unique_lock<std::mutex>& lock, Deadline deadline) {
    ++hanging_;
    changed_.notify_all();
    const bool released = wait(lock, deadline, [&] { return released_; });
    --hanging_;
    if (released) return std::nullopt;
    return Error{ErrorCode::ImageUndecodable, "the image took too long to process", {}, {}};
  }

  template <typename Condition>
  bool wait(std::unique_lock<std::mutex>& lock, Deadline deadline, Condition condition) {
    return changed_.wait_for(lock, deadline.remaining(), condition);
  }

  ImageEngine& inner_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Error error_;
  int failures_ = 0;
  int hangs_ = 0;
  int hanging_ = 0;
  int probes_ = 0;
  int renders_ = 0;
  bool released_ = false;
};

}  // namespace tintype::testing_support
