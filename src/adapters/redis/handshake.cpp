#include "adapters/redis/handshake.h"

#include <algorithm>

namespace tintype::redis {
namespace {

constexpr std::size_t kLongestQuote = 200;

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", std::move(why));
}

// The code at the beginning of an error, "WRONGPASS" or "ERR". The rest may repeat the arguments: an "unknown command"
// does, and so would give the password away.
std::string code_of(const std::string& error) {
  const auto end = std::ranges::find_if(error, [](char c) { return c < 'A' || c > 'Z'; });
  return {error.begin(), end};
}

}  // namespace

std::vector<Command> handshake(const RedisUrl& url, const std::string& client_name) {
  std::vector<Command> commands;
  if (!url.user.empty()) {
    commands.push_back({"AUTH", url.user, url.password});
  } else if (!url.password.empty()) {
    commands.push_back({"AUTH", url.password});
  }
  if (url.database != 0) commands.push_back({"SELECT", std::to_string(url.database)});
  commands.push_back({"CLIENT", "SETNAME", client_name});
  commands.push_back({"PING"});
  return commands;
}

Result<void> check_handshake(std::span<const Command> commands, std::span<const Reply> replies) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (i >= replies.size()) return refused("redis did not answer the handshake");
    if (!replies[i].is_error()) continue;
    const std::string& name = commands[i].front();
    const std::string& error = replies[i].text;
    if (name == "AUTH") return refused("redis refused user or password: " + code_of(error));
    if (error.starts_with("NOAUTH")) return refused("redis wants a password, and the URL has none");
    return refused("redis refused " + name + ": " + error.substr(0, kLongestQuote));
  }
  return {};
}

}  // namespace tintype::redis
