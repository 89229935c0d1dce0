#pragma once

#include <span>
#include <string>

#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_url.h"
#include "base/error.h"

namespace tintype {

// What to do about a server that could not be reached or has refused the handshake. `error` is of
// redis::BlockingConnection::open.
std::string redis_connect_advice(const redis::RedisUrl& url, const std::string& ca_file, const Error& error);

// A command that was refused, and what Redis said.
struct RedisRefusal {
  std::string command;  // "zadd"
  std::string error;    // "NOPERM this user has no permissions to run the 'zadd' command"
};

// What to do about them, of which there is at least one. All that a user lacks is named at once, as ACL SETUSER takes
// it.
std::string redis_refusal_advice(std::span<const RedisRefusal> refusals);

}  // namespace tintype
