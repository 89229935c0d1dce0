#include "main/token_command.h"

#include <cstdio>

#include "http/jwt.h"
#include "main/composition.h"

namespace tintype {

int run_token_command(const config::Settings& settings, const std::string& user, std::chrono::seconds ttl) {
  const auto id = UserId::parse(user);
  if (!id) {
    std::fprintf(stderr, "tintype: \"%s\" cannot be a user: 1 to 128 bytes of UTF-8 without control characters\n",
                 user.c_str());
    return 1;
  }
  auto policy = jwt_policy(settings);
  if (!policy) {
    std::fprintf(stderr, "tintype: %s\n", policy.error().public_message.c_str());
    return 1;
  }
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::printf("%s\n", http::sign_jwt(*policy, *id, now, ttl).c_str());
  return 0;
}

}  // namespace tintype
