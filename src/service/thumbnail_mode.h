#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/deadline.h"

namespace tintype {

// Decides whether thumbnails are made before an upload is answered or after it, by how long uploads take.
//
// Automatic: inline, until 95 of 100 uploads of the last window no longer took less than a second; then async, until
// uploads and thumbnails together would take clearly less than that, for a whole window. A window with few uploads
// decides nothing, but many of them in a row lead back to inline.
//
// Thread safety: all methods may be called concurrently.
class ThumbnailMode {
 public:
  using Clock = Deadline::Clock;
  enum class Setting { Auto, Inline, Async };
  struct Options {
    Setting setting = Setting::Auto;
    std::chrono::milliseconds slow{1000};  // P95 above it: async
    std::chrono::milliseconds fast{700};   // P95 of an upload and a thumbnail below it: inline again
    std::chrono::seconds window{60};
    std::size_t enough = 20;  // uploads, for a P95 that means something
    int idle_windows = 5;     // with fewer, before async ends
  };
  explicit ThumbnailMode(Options options, Clock::time_point now = Clock::now());

  bool is_async(Clock::time_point now = Clock::now());
  // How long an upload took, from when it had arrived to its answer; a thumbnail, from its job to its end.
  void uploaded(Clock::duration took, Clock::time_point now = Clock::now());
  void derived(Clock::duration took, Clock::time_point now = Clock::now());

  struct State {
    bool async = false;
    // "setting", "start", "uploads_slow", "uploads_fast", "uploads_few".
    std::string_view reason;
    std::optional<Clock::duration> p95 = {};  // of the uploads in the window, if there are enough
    int switches = 0;                         // since the start
  };
  State state(Clock::time_point now = Clock::now());

 private:
  struct Sample {
    Clock::time_point at;
    Clock::duration took;
  };
  using Samples = std::deque<Sample>;
  void add(Samples& samples, Clock::duration took, Clock::time_point now) const;
  void forget_old(Samples& samples, Clock::time_point now) const;
  void decide(Clock::time_point now);
  void change(bool async, std::string_view reason, Clock::time_point now);
  static std::optional<Clock::duration> p95_of(const Samples& samples);

  const Options options_;
  std::mutex mutex_;
  Samples uploads_;  // guarded by mutex_, as is all below; since the last change
  Samples derivations_;
  bool async_ = false;
  std::string_view reason_ = "start";
  int switches_ = 0;
  Clock::time_point changed_at_;
  Clock::time_point decided_at_;
};

}  // namespace tintype
