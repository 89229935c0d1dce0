#include "service/verify_run.h"

#include <cmath>
#include <span>

#include "base/random.h"

namespace tintype {
namespace {

constexpr std::chrono::milliseconds kTellEvery{200};

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  fill_random(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

// FNV-1a (draft-eastlake-fnv), begun with the seed; its upper bits hardly depend on the last characters, so the
// finalizer of SplitMix64 (Steele, Lea, Flood 2014) stirs them.
std::uint64_t hash(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t value = seed;
  for (const char character : text) value = (value ^ static_cast<unsigned char>(character)) * kPrime;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

struct Kind {
  const char* name;
  std::int64_t VerificationReport::* count;
};

Kind kind_of(Finding finding) {
  switch (finding) {
    case Finding::Orphaned:
      return {"orphaned", &VerificationReport::orphaned_files};
    case Finding::Repaired:
      return {"repaired", &VerificationReport::repaired};
    case Finding::Missing:
      return {"missing", &VerificationReport::missing_files};
    case Finding::Corrupt:
      break;
  }
  return {"corrupt", &VerificationReport::corrupt_files};
}

}  // namespace

bool ImageSample::contains(const ImageId& image) const {
  // The upper 53 bits, all that a double holds, as a number from 0 to below 1.
  const double place = std::ldexp(static_cast<double>(hash(image.text(), seed_) >> 11), -53);
  return place * 100 < percent_;
}

VerifyRun::VerifyRun(const VerifyOptions& options, const std::function<void(const VerifyProgress&)>& progress,
                     std::stop_token stop, Deadline deadline, const Logger& log)
    : options_(options),
      progress_(progress),
      stop_(std::move(stop)),
      deadline_(deadline),
      log_(log),
      sample_(options.sample_percent, random_seed()) {
  report_.sample_percent = options.sample_percent;
}

void VerifyRun::found(Finding finding, std::string_view key, const ImageId& image) {
  const Kind kind = kind_of(finding);
  ++(report_.*kind.count);
  log_.warn("a verification has found a wrong file", {{"kind", kind.name}, {"key", key}, {"imageId", image.text()}});
}

void VerifyRun::found_unknown(std::string_view key) {
  ++report_.unknown_files;
  log_.info("a verification has found a file that is none of ours", {{"kind", "unknown"}, {"key", key}});
}

Result<void> VerifyRun::go_on(const VerifyProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ >= kTellEvery) {
    progress_(progress);
    told_ = now;
  }
  if (stop_.stop_requested()) return fail(ErrorCode::DeadlineExceeded, "the verification was stopped");
  return {};
}

void VerifyRun::tell(const VerifyProgress& progress) {
  progress_(progress);
  told_ = {};  // the next stage begins with saying so
}

}  // namespace tintype
