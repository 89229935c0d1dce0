#include "adapters/aws/credential_provider.h"

namespace tintype::aws {

bool CredentialProvider::is_usable(UnixTime now) const {
  return current_ && (!current_->expires_at || now < *current_->expires_at);
}

bool CredentialProvider::wants_refresh(UnixTime now) const {
  if (!is_usable(now)) return true;
  return current_->expires_at && now >= *current_->expires_at - options_.refresh_before && now >= refresh_not_before_;
}

CredentialProvider::CredentialProvider(std::vector<std::unique_ptr<CredentialSource>> sources, const Clock& clock,
                                       Options options)
    : sources_(std::move(sources)), clock_(clock), options_(options) {}

Result<Credentials> CredentialProvider::get(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!wants_refresh(clock_.now())) return *current_;
  if (!fetching_) return refresh(lock, deadline);
  if (is_usable(clock_.now())) return *current_;
  const std::uint64_t round = rounds_;
  const auto has_ended = [&] { return rounds_ != round; };
  if (!deadline.is_never() && !fetched_.wait_until(lock, deadline.time_point(), has_ended)) {
    return fail(ErrorCode::DeadlineExceeded, "the store took too long; try again later", "waiting for credentials");
  }
  fetched_.wait(lock, has_ended);
  if (is_usable(clock_.now())) return *current_;
  return fail(
      last_failure_.value_or(Error{ErrorCode::StoreUnavailable, "the store is not available", "no credentials"}));
}

std::string CredentialProvider::source() const {
  const std::lock_guard lock(mutex_);
  return source_;
}

void CredentialProvider::refused(const Credentials& credentials) {
  const std::lock_guard lock(mutex_);
  if (current_ == credentials) current_.reset();
}

// Unlocks while the sources are asked.
Result<Credentials> CredentialProvider::refresh(std::unique_lock<std::mutex>& lock, Deadline deadline) {
  fetching_ = true;
  lock.unlock();
  auto fetched = fetch(deadline.earlier_of(Deadline::after(options_.fetch_timeout)));
  lock.lock();
  fetching_ = false;
  ++rounds_;
  fetched_.notify_all();
  if (fetched) {
    current_ = *fetched;
    source_ = found_in_;
    last_failure_.reset();
    return fetched;
  }
  last_failure_ = fetched.error();
  refresh_not_before_ = clock_.now() + options_.retry_refresh;
  if (is_usable(clock_.now())) return *current_;
  return fetched;
}

Result<Credentials> CredentialProvider::fetch(Deadline deadline) {
  std::string asked;
  for (const auto& source : sources_) {
    auto found = source->fetch(deadline);
    if (!found) return fail(found.error());
    if (*found) {
      found_in_ = source->name();
      return std::move(**found);
    }
    asked += (asked.empty() ? "" : ", ") + std::string(source->name());
  }
  return fail(ErrorCode::StoreUnavailable, "the store is not available: it has no credentials",
              "no AWS credentials found; looked at: " + asked);
}

}  // namespace tintype::aws
