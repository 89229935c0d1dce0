#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "base/metrics/metrics.h"
#include "base/result.h"

namespace tintype {

// Times the calls of one operation of one store into
// tintype_store_duration_seconds{store="…",operation="…",outcome="ok|error"}.
//
// Thread safety: time may be called concurrently. Immutable after construction.
class OperationTimer {
 public:
  OperationTimer(MetricsRegistry& metrics, const std::string& store, const std::string& operation);
  // The calls that the store has answered go into `summary` as well.
  OperationTimer(MetricsRegistry& metrics, const std::string& store, const std::string& operation,
                 Distribution& summary);

  // Calls `call`, which returns a Result, and returns what it returned.
  template <typename Call>
  auto time(const Call& call) const {
    const auto start = std::chrono::steady_clock::now();
    auto result = call();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    const bool answered = result || is_answer(result.error().code);
    (answered ? ok_ : error_).Observe(taken.count());
    if (answered && summary_ != nullptr) summary_->observe(taken.count());
    return result;
  }

  // The same for a `call` that returns an optional, which is empty if it has left the work to another call.
  template <typename Call>
  auto time_if_done(const Call& call) const {
    const auto start = std::chrono::steady_clock::now();
    auto result = call();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    if (result) ok_.Observe(taken.count());
    return result;
  }

 private:
  // The store did its work: what the caller asked for is not there, is there already, has changed, or is another's.
  static bool is_answer(ErrorCode code) {
    constexpr std::array kAnswers = {
        ErrorCode::NotFound,         ErrorCode::AlreadyExists,       ErrorCode::VersionMismatch,
        ErrorCode::UploadInProgress, ErrorCode::IdempotencyMismatch, ErrorCode::ClaimLost};
    return std::ranges::find(kAnswers, code) != kAnswers.end();
  }

  prometheus::Histogram& ok_;
  prometheus::Histogram& error_;
  Distribution* summary_ = nullptr;
};

}  // namespace tintype
