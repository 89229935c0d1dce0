#include "adapters/redis/redis_url.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.h"

namespace tintype::redis {
namespace {

constexpr std::size_t kLongestHost = 253;  // RFC 1035 section 2.3.4, without the root

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::ValidationFailed, "not a Redis URL: " + std::move(what));
}

struct Scheme {
  std::string_view prefix;
  RedisUrl::Transport transport;
};
constexpr Scheme kSchemes[] = {{"redis://", RedisUrl::Transport::Tcp},
                               {"rediss://", RedisUrl::Transport::Tls},
                               {"unix://", RedisUrl::Transport::Unix},
                               {"redis+unix://", RedisUrl::Transport::Unix}};

// Takes "user:password@" off the front of `rest`.
Result<void> take_user(std::string_view& rest, RedisUrl& url) {
  const std::size_t at = rest.substr(0, rest.find_first_of("/?#")).rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view text = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const std::size_t colon = text.find(':');
  auto user = percent_decode(text.substr(0, colon));
  auto password = percent_decode(colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1));
  if (!user) return wrong("a '%' in the user must be followed by two hexadecimal digits");
  if (!password) return wrong("a '%' in the password must be followed by two hexadecimal digits; '%' itself is %25");
  url.user = std::move(*user);
  url.password = std::move(*password);
  return {};
}

Result<void> set_database(std::string_view text, RedisUrl& url) {
  const auto number = parse_unsigned(text);
  if (!number || *number > std::numeric_limits<int>::max()) return wrong("the database must be a number, such as 0");
  url.database = static_cast<int>(*number);
  return {};
}

bool is_host_name(std::string_view host) {
  return host.size() <= kLongestHost && std::ranges::all_of(host, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

// Takes the host off the front of "host:port" or "[::1]:port".
Result<void> take_host(std::string_view& rest, RedisUrl& url) {
  const bool in_brackets = rest.starts_with('[');
  const std::size_t end = in_brackets ? rest.find(']') : std::min(rest.find(':'), rest.size());
  if (end == std::string_view::npos) return wrong("the ']' behind the IPv6 address is missing");
  url.host = rest.substr(in_brackets ? 1 : 0, in_brackets ? end - 1 : end);
  rest.remove_prefix(in_brackets ? end + 1 : end);
  in6_addr ignored{};
  if (url.host.empty()) return wrong("the host is missing");
  if (in_brackets && ::inet_pton(AF_INET6, url.host.c_str(), &ignored) != 1)
    return wrong("what is in brackets is no IPv6 address");
  if (!in_brackets && !is_host_name(url.host))
    return wrong("the host has a character that none may have; in user and password, percent-encode / ? # @ : and %");
  return {};
}

Result<void> set_host_and_port(std::string_view text, RedisUrl& url) {
  if (auto taken = take_host(text, url); !taken) return taken;
  if (text.empty()) return {};
  const auto port = text.front() == ':' ? parse_unsigned(text.substr(1)) : std::nullopt;
  if (!port || *port == 0 || *port > 65535) return wrong("the port must be a number from 1 to 65535");
  url.port = static_cast<std::uint16_t>(*port);
  return {};
}

Result<RedisUrl> read_network(std::string_view rest, RedisUrl url) {
  if (rest.find_first_of("?#") != std::string_view::npos)
    return wrong("'?' and '#' have no meaning here; the database goes behind a slash, as in redis://host/2");
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (auto set = set_host_and_port(rest.substr(0, slash), url); !set) return fail(std::move(set.error()));
  if (slash + 1 < rest.size()) {
    if (auto set = set_database(rest.substr(slash + 1), url); !set) return fail(std::move(set.error()));
  }
  return url;
}

Result<RedisUrl> read_unix(std::string_view rest, RedisUrl url) {
  url.host.clear();
  const std::size_t question = std::min(rest.find('?'), rest.size());
  auto path = percent_decode(rest.substr(0, question));
  if (!path) return wrong("a '%' in the path must be followed by two hexadecimal digits");
  if (!path->starts_with('/')) return wrong("the path of the socket must be absolute, as in unix:///run/redis.sock");
  if (path->size() >= sizeof(sockaddr_un::sun_path)) return wrong("the path is too long for a socket (107 bytes)");
  url.path = std::move(*path);
  if (question == rest.size()) return url;
  const std::string_view query = rest.substr(question + 1);
  if (!query.starts_with("db=")) return wrong("the one thing that may follow '?' is db=, as in ?db=2");
  if (auto set = set_database(query.substr(3), url); !set) return fail(std::move(set.error()));
  return url;
}

}  // namespace

Result<RedisUrl> parse_redis_url(std::string_view text) {
  if (has_control_characters(text)) return wrong("it has a control character, perhaps a line end");
  const auto* const scheme =
      std::ranges::find_if(kSchemes, [text](const Scheme& known) { return text.starts_with(known.prefix); });
  if (scheme == std::end(kSchemes)) return wrong("it must begin with redis://, rediss:// or unix://");
  RedisUrl url;
  url.transport = scheme->transport;
  std::string_view rest = text.substr(scheme->prefix.size());
  if (auto taken = take_user(rest, url); !taken) return fail(std::move(taken.error()));
  return url.transport == RedisUrl::Transport::Unix ? read_unix(rest, std::move(url))
                                                    : read_network(rest, std::move(url));
}

std::string describe(const RedisUrl& url) {
  const std::string database = std::to_string(url.database);
  if (url.transport == RedisUrl::Transport::Unix) return "unix://" + url.path + "?db=" + database;
  const std::string host = url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
  const std::string scheme = url.transport == RedisUrl::Transport::Tls ? "rediss://" : "redis://";
  return scheme + host + ':' + std::to_string(url.port) + '/' + database;
}

}  // namespace tintype::redis
