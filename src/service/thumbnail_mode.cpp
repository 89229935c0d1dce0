#include "service/thumbnail_mode.h"

#include <algorithm>
#include <vector>

namespace tintype {
namespace {

// More would make a P95 no better.
constexpr std::size_t kMostSamples = 2048;
constexpr std::chrono::milliseconds kDecideEvery{500};

}  // namespace

ThumbnailMode::ThumbnailMode(Options options, Clock::time_point now)
    : options_(options), async_(options.setting == Setting::Async), changed_at_(now), decided_at_(now) {
  if (options_.setting != Setting::Auto) reason_ = "setting";
}

bool ThumbnailMode::is_async(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (options_.setting == Setting::Auto && now - decided_at_ >= kDecideEvery) decide(now);
  return async_;
}

void ThumbnailMode::uploaded(Clock::duration took, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  add(uploads_, took, now);
}

void ThumbnailMode::derived(Clock::duration took, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  add(derivations_, took, now);
}

ThumbnailMode::State ThumbnailMode::state(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  forget_old(uploads_, now);
  const bool enough = uploads_.size() >= options_.enough;
  return {.async = async_, .reason = reason_, .p95 = enough ? p95_of(uploads_) : std::nullopt, .switches = switches_};
}

void ThumbnailMode::add(Samples& samples, Clock::duration took, Clock::time_point now) const {
  forget_old(samples, now);
  if (samples.size() == kMostSamples) samples.pop_front();
  samples.push_back({now, took});
}

void ThumbnailMode::forget_old(Samples& samples, Clock::time_point now) const {
  while (!samples.empty() && now - samples.front().at > options_.window) samples.pop_front();
}

void ThumbnailMode::decide(Clock::time_point now) {
  decided_at_ = now;
  forget_old(uploads_, now);
  forget_old(derivations_, now);
  const bool enough = uploads_.size() >= options_.enough;
  const auto upload = p95_of(uploads_);
  if (!async_) {
    if (enough && *upload > options_.slow) change(true, "uploads_slow", now);
    return;
  }
  if (now - changed_at_ < options_.window) return;
  const auto together =
      upload.value_or(Clock::duration::zero()) + p95_of(derivations_).value_or(Clock::duration::zero());
  if (together >= options_.fast) return;
  if (enough) {
    change(false, "uploads_fast", now);
  } else if (now - changed_at_ >= options_.window * options_.idle_windows) {
    change(false, "uploads_few", now);
  }
}

// What was measured in the one mode says little about the other.
void ThumbnailMode::change(bool async, std::string_view reason, Clock::time_point now) {
  async_ = async;
  reason_ = reason;
  ++switches_;
  changed_at_ = now;
  uploads_.clear();
  derivations_.clear();
}

std::optional<ThumbnailMode::Clock::duration> ThumbnailMode::p95_of(const Samples& samples) {
  if (samples.empty()) return std::nullopt;
  std::vector<Clock::duration> took;
  took.reserve(samples.size());
  for (const Sample& sample : samples) took.push_back(sample.took);
  const auto place = took.begin() + static_cast<std::ptrdiff_t>((took.size() - 1) * 95 / 100);
  std::ranges::nth_element(took, place);
  return *place;
}

}  // namespace tintype
