#include "service/stale_checker.h"

#include <algorithm>

namespace tintype {
namespace {

constexpr std::size_t kMostSamples = 256;
constexpr std::chrono::seconds kStoreTime{5};

// 0 if there is none; nullopt if the store does not say.
std::optional<std::int64_t> version_of(const Result<ImageRecord>& record) {
  if (record) return record->version;
  if (record.error().code == ErrorCode::NotFound) return 0;
  return std::nullopt;
}

}  // namespace

StaleChecker::StaleChecker(ImageCache& cache, MetadataStore& metadata, Options options, const Logger& log)
    : cache_(cache),
      metadata_(metadata),
      options_(options),
      log_(log),
      task_("stale-check", options.pause, [this](const std::stop_token&) { return check_due(); }) {}

void StaleChecker::served(const ImageId& id, std::int64_t version) {
  if (options_.one_in == 0 || answers_.fetch_add(1, std::memory_order_relaxed) % options_.one_in != 0) return;
  const std::lock_guard lock(mutex_);
  if (samples_.size() < kMostSamples) samples_.push_back({id, version, Clock::now(), false});
}

// True if one was due: there may be more.
bool StaleChecker::check_due() {
  std::optional<Sample> sample;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    const auto due = std::ranges::find_if(samples_, [now](const Sample& one) { return one.due <= now; });
    if (due == samples_.end()) return false;
    sample = *due;
    samples_.erase(due);
  }
  check(*sample);
  return true;
}

void StaleChecker::check(const Sample& sample) {
  const auto record = metadata_.find(sample.id, Deadline::after(kStoreTime));
  const auto version = version_of(record);
  if (!version) return;
  if (sample.is_second_look) return look_again(sample, *version);
  if (*version == sample.version) {
    ++checked_;
    return;
  }
  const std::lock_guard lock(mutex_);
  samples_.push_back({sample.id, *version, Clock::now() + options_.second_look, true});
}

// Compared with what the store had at the first look, a while ago: what it has now may be of a write that is not yet
// answered.
void StaleChecker::look_again(const Sample& sample, std::int64_t version) {
  const bool is_gone = sample.version == 0;  // and will not come back
  const auto cached = cache_.peek(sample.id);
  const bool is_stale =
      cached && (is_gone ? version == 0 && cached->version() != 0 : cached->version() < sample.version);
  if (is_stale) {
    ++stale_;
    log_.error("a stale answer was served from the cache",
               {{"imageId", sample.id.text()}, {"cachedVersion", cached->version()}});
    // Of an answer that there is no image, nobody is the owner; it ends by itself within seconds.
    if (const auto owner = UserId::parse(cached->owner())) cache_.drop(*owner, sample.id);
  }
  ++checked_;
}

}  // namespace tintype
