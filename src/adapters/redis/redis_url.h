#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tintype::redis {

// Where a Redis server is and as whom to speak to it.
struct RedisUrl {
  enum class Transport { Tcp, Tls, Unix };
  Transport transport = Transport::Tcp;
  std::string host = "127.0.0.1";  // a name, or an address without brackets
  std::uint16_t port = 6379;
  std::string path = {};      // of the socket, for Unix
  std::string user = {};      // empty: the default user
  std::string password = {};  // empty, without a user: no AUTH
  int database = 0;

  bool wants_auth() const { return !user.empty() || !password.empty(); }
};

// Reads one of
//   redis://[user[:password]@]host[:port][/database]      rediss:// is the same over TLS
//   unix://[user[:password]@]/path/to.sock[?db=database]  also as redis+unix://
// with user, password and path percent-encoded (the forms of redis-cli and redis-py, and of IANA's "redis" scheme).
//
// ValidationFailed says what is wrong, but repeats nothing of the text: a password is never far.
Result<RedisUrl> parse_redis_url(std::string_view text);

// "rediss://cache.example:6379/2": without user and password, for logs.
std::string describe(const RedisUrl& url);

}  // namespace tintype::redis
