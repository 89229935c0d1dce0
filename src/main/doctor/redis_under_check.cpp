#include "main/doctor/redis_under_check.h"

#include <algorithm>
#include <chrono>

#include "base/random.h"
#include "base/text.h"
#include "base/ulid.h"
#include "service/cache_keys.h"

namespace tintype {
namespace {

constexpr std::size_t kNonceBytes = 8;
constexpr std::chrono::seconds kConnectTime{5};  // a port that speaks no TLS says nothing, ever

}  // namespace

Result<std::unique_ptr<redis::BlockingConnection>> RedisUnderCheck::connect(Deadline deadline) const {
  return redis::BlockingConnection::open({.url = url, .ca_file = settings.redis_ca_file},
                                         deadline.earlier_of(Deadline::after(kConnectTime)));
}

Result<std::vector<redis::Reply>> RedisUnderCheck::call(const std::vector<redis::Command>& commands,
                                                        Deadline deadline) const {
  const auto connection = connect(deadline);
  if (!connection) return fail(connection.error());
  return (*connection)->call(commands, deadline);
}

CheckOutcome RedisUnderCheck::not_reached(const Error& error) const {
  return failed(describe(url) + ": " + error.detail, redis_connect_advice(url, settings.redis_ca_file, error));
}

std::vector<RedisRefusal> refusals_in(std::span<const redis::Command> commands, std::span<const redis::Reply> replies) {
  std::vector<RedisRefusal> refusals;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (!replies[i].is_error() || replies[i].text.starts_with("ERR no such key")) continue;
    refusals.push_back({.command = to_lower(commands[i].front()), .error = replies[i].text});
  }
  return refusals;
}

CheckOutcome refused(std::span<const RedisRefusal> refusals) {
  std::vector<std::string> commands;
  for (const RedisRefusal& refusal : refusals) {
    if (std::ranges::find(commands, refusal.command) == commands.end()) commands.push_back(refusal.command);
  }
  std::string names;
  for (const std::string& command : commands) names += (names.empty() ? "" : ", ") + command;
  return failed(names + ": " + refusals.front().error, redis_refusal_advice(refusals));
}

DoctorCacheKeys::DoctorCacheKeys() {
  const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
  const auto id = ImageId::parse(UlidGenerator().next(static_cast<std::uint64_t>(now)));
  const auto user = UserId::parse("tintype doctor " + random_hex(kNonceBytes));
  image = image_cache_key(*id);
  list = list_cache_key({.user = *user});
  image.longest = list.longest = kLifetime;
  tags = tags_of_write(*user, *id);
}

}  // namespace tintype
