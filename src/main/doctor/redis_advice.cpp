#include "main/doctor/redis_advice.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace tintype {
namespace {

struct Known {
  std::string_view part;  // of what was said
  const char* advice;
};

constexpr const char* kHungUp = "the server hung up: if its port speaks TLS, use rediss://; or see its log";

// Earlier ones win: what the server says of itself comes before what it was asked.
constexpr auto kByAnswer = std::to_array<Known>(
    {{"refused user or password",
      "set user and password in redis-url (redis://user:password@host, percent-encoded) to those of the server"},
     {"wants a password", "set the password in redis-url: redis://:password@host, percent-encoded"},
     {"certificate verify failed", nullptr},  // as below
     {"cannot read the certificates", "redis-ca-file must be a file of PEM certificates that this user can read"},
     {"TLS: ", "rediss:// needs a port that speaks TLS: see the server's tls-port, or use redis://"},
     {"no address for ", "see the host in redis-url, and the resolver of this machine"},
     {"End of file", kHungUp},
     {"Connection reset by peer", kHungUp},
     {"Broken pipe", kHungUp},
     {"DENIED ", "the server is in protected mode: give it a password, or a user, and set both in redis-url"},
     {"LOADING ", "it is still reading its data: try again later"},
     {"max number of clients", "raise maxclients of the server, or see who else is connected (CLIENT LIST)"},
     {"READONLY ", "redis-url is that of a replica: set it to the primary's"},
     {"MASTERDOWN ", "redis-url is that of a replica which has lost its primary: set it to the primary's"},
     {"MOVED ", "a cluster needs a proxy in front that knows where keys are: set redis-url to that, or to one server"},
     {"CLUSTERDOWN ", "the cluster is not whole: see CLUSTER INFO"},
     {"OOM ", "its memory is full: raise maxmemory, or set maxmemory-policy to allkeys-lru"},
     {"MISCONF ", "it cannot save its data, and so takes no more: see its log"},
     {"NOREPLICAS ", "it wants more replicas before it takes writes (min-replicas-to-write): see its log"},
     {"refused SELECT: ERR", "use a database that the server has, at the end of redis-url: 0 is always there"},
     {"unknown command", "the server, or a proxy before it, lacks this command: connect to Redis 7 or Valkey itself"}});

const Known* known_answer(std::string_view said) {
  const auto* const found =
      std::ranges::find_if(kByAnswer, [said](const Known& known) { return said.find(known.part) != said.npos; });
  return found == kByAnswer.end() ? nullptr : found;
}

std::string certificate_advice(const redis::RedisUrl& url, const std::string& ca_file) {
  const std::string authority =
      ca_file.empty() ? "set redis-ca-file to the certificate of the authority that signed the server's"
                      : "redis-ca-file (" + ca_file + ") must have the authority that signed the server's certificate";
  return authority + ", and " + url.host + " must be one of its names";
}

// "client|setname" of "NOPERM this user has no permissions to run the 'client|setname' command".
std::string quoted_in(const std::string& said) {
  const std::size_t begin = said.find('\'');
  const std::size_t end = said.find('\'', begin + 1);
  return end == std::string::npos ? "" : said.substr(begin + 1, end - begin - 1);
}

// The rule that is missing; empty if it was not said which, as of a script by Redis 7.0. Those of its commands that are
// refused are refused outside of it, too.
std::string acl_rule(const RedisRefusal& refusal) {
  if (refusal.error.find("channel") != std::string::npos) return "&tintype:*";
  if (refusal.error.find(" key") != std::string::npos) return "~image:* ~gallery:images:* ~tag:* ~tintype:*";
  const std::string named = quoted_in(refusal.error);
  if (named.empty() && refusal.error.find("script") != std::string::npos) return "";
  return '+' + (named.empty() ? refusal.command : named);
}

std::string allow(std::span<const RedisRefusal> refusals) {
  std::vector<std::string> rules;
  for (const RedisRefusal& refusal : refusals) {
    const std::string rule = acl_rule(refusal);
    if (!rule.empty() && std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  }
  std::string text = "allow this user of Redis";
  for (const std::string& rule : rules) text += ' ' + rule;
  return text + " (ACL SETUSER)";
}

// Of a script, Redis 7.0 says "ERR The user executing the script can't run …", later ones NOPERM.
bool is_denied(const std::string& said) {
  return said.find("NOPERM ") != std::string::npos || said.find("The user executing the script") != std::string::npos;
}

}  // namespace

std::string redis_connect_advice(const redis::RedisUrl& url, const std::string& ca_file, const Error& error) {
  const std::string& said = error.detail;
  if (is_denied(said)) return allow(std::array{RedisRefusal{.command = "@connection", .error = said}});
  const Known* const known = known_answer(said);
  if (known == nullptr)
    return "see that Redis answers at " + describe(url) + ": redis-url, network, firewall, bind of the server";
  return known->advice == nullptr ? certificate_advice(url, ca_file) : known->advice;
}

std::string redis_refusal_advice(std::span<const RedisRefusal> refusals) {
  std::vector<RedisRefusal> denied;
  for (const RedisRefusal& refusal : refusals) {
    const Known* const known = known_answer(refusal.error);
    if (known != nullptr && known->advice != nullptr) return known->advice;
    if (is_denied(refusal.error)) denied.push_back(refusal);
  }
  return denied.empty() ? "see what the documentation of the server says about this answer" : allow(denied);
}

}  // namespace tintype
