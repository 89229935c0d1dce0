#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

#include "base/log.h"
#include "service/verify.h"

namespace tintype {

// Which images a run looks at: a share of them, chosen by their ids, so that every stage looks at the same ones without
// remembering them. With another `seed` it is another choice.
class ImageSample {
 public:
  ImageSample(double percent, std::uint64_t seed) : percent_(percent), seed_(seed) {}
  bool contains(const ImageId& image) const;

 private:
  double percent_;
  std::uint64_t seed_;
};

enum class Finding { Orphaned, Repaired, Missing, Corrupt };

// What the stages of one run of Verify share: what it is to do, and what it has found. One thread.
class VerifyRun {
 public:
  VerifyRun(const VerifyOptions& options, const std::function<void(const VerifyProgress&)>& progress,
            std::stop_token stop, Deadline deadline, const Logger& log);

  const VerifyOptions& options() const { return options_; }
  Deadline deadline() const { return deadline_; }
  VerificationReport& report() { return report_; }
  bool looks_at(const ImageId& image) const { return sample_.contains(image); }

  // Counts and logs.
  void found(Finding finding, std::string_view key, const ImageId& image);
  void found_unknown(std::string_view key);

  // To be called for every record and blob, also for those that are not looked at: says how far it is, if that was last
  // said a while ago. DeadlineExceeded if the run is to end now.
  Result<void> go_on(const VerifyProgress& progress);
  // The end of a stage: says it in any case.
  void tell(const VerifyProgress& progress);

 private:
  const VerifyOptions& options_;
  const std::function<void(const VerifyProgress&)>& progress_;
  const std::stop_token stop_;
  const Deadline deadline_;
  const Logger& log_;
  const ImageSample sample_;
  VerificationReport report_;
  std::chrono::steady_clock::time_point told_ = {};
};

}  // namespace tintype
