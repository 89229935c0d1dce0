#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/redis/blocking_connection.h"
#include "config/settings.h"
#include "main/doctor/redis_advice.h"
#include "ports/cache.h"
#include "service/diagnosis.h"

namespace tintype {

// The Redis of an installation, as its checks reach it.
struct RedisUnderCheck {
  config::Settings settings;
  redis::RedisUrl url;

  Result<std::unique_ptr<redis::BlockingConnection>> connect(Deadline deadline) const;
  // On a connection of their own, as one pipeline.
  Result<std::vector<redis::Reply>> call(const std::vector<redis::Command>& commands, Deadline deadline) const;
  CheckOutcome not_reached(const Error& error) const;
};

// Of these commands, those that were refused. That there is no key to be renamed is no refusal.
std::vector<RedisRefusal> refusals_in(std::span<const redis::Command> commands, std::span<const redis::Reply> replies);
CheckOutcome refused(std::span<const RedisRefusal> refusals);

// Keys as the service has them, since a user may be allowed no others, but of no picture and no user. What is kept
// there is gone after kLifetime if a check does not come to its end.
struct DoctorCacheKeys {
  static constexpr std::chrono::seconds kLifetime{10};
  DoctorCacheKeys();
  CacheKey image;
  CacheKey list;
  std::vector<std::string> tags;
};

}  // namespace tintype
