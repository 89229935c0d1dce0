#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/aws/credential_source.h"
#include "ports/clock.h"

namespace tintype::aws {

// Credentials that are valid when they are given out: asks its sources in order, keeps what it got, and fetches again
// before it expires.
//
// Thread safety: all methods may be called concurrently. While one caller fetches, the others get the old credentials
// as long as they are valid, and wait otherwise.
class CredentialProvider {
 public:
  struct Options {
    std::chrono::seconds refresh_before{300};  // expiry
    std::chrono::seconds retry_refresh{30};    // after a refresh that failed while the old ones are valid
    std::chrono::milliseconds fetch_timeout{5000};
  };
  CredentialProvider(std::vector<std::unique_ptr<CredentialSource>> sources, const Clock& clock, Options options);
  CredentialProvider(std::vector<std::unique_ptr<CredentialSource>> sources, const Clock& clock)
      : CredentialProvider(std::move(sources), clock, Options{}) {}

  // Errors: StoreUnavailable if no source has any (the detail names what was looked at) or one failed;
  // DeadlineExceeded.
  Result<Credentials> get(Deadline deadline);

  // Where those are from that get gave last: "the environment". Empty before the first.
  std::string source() const;

  // A service has refused `credentials` as expired or unknown: the next get fetches again, unless they have already
  // been replaced.
  void refused(const Credentials& credentials);

 private:
  Result<Credentials> fetch(Deadline deadline);
  bool is_usable(UnixTime now) const;
  bool wants_refresh(UnixTime now) const;
  Result<Credentials> refresh(std::unique_lock<std::mutex>& lock, Deadline deadline);

  const std::vector<std::unique_ptr<CredentialSource>> sources_;  // used by the caller that has set fetching_
  const Clock& clock_;
  const Options options_;
  std::string_view found_in_;  // the name of one of them; used as they are
  mutable std::mutex mutex_;
  std::condition_variable fetched_;
  std::optional<Credentials> current_;  // guarded by mutex_, as are all below
  std::string source_;
  UnixTime refresh_not_before_{};
  bool fetching_ = false;
  std::uint64_t rounds_ = 0;           // fetches that have ended
  std::optional<Error> last_failure_;  // of the last round
};

}  // namespace tintype::aws
