#include "adapters/aws/container_credentials.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "adapters/aws/credentials_answer.h"
#include "adapters/aws/endpoint.h"
#include "base/text.h"

namespace tintype::aws {
namespace {

constexpr const char* kRelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr std::size_t kTokenLimit = std::size_t{16} << 10;
constexpr std::size_t kShownOfRefusal = 200;

bool is_port(std::string_view text) {
  const auto port = parse_unsigned(text);
  return port && *port > 0 && *port <= 65535;
}

// "[::1]" of "[::1]:80"; "" if there is something that is no port behind it.
std::string_view host_of(std::string_view authority) {
  const bool is_ipv6 = authority.starts_with('[');
  const std::size_t end = is_ipv6 ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
  const std::string_view rest = authority.substr(end);
  const bool is_good = rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
  return is_good ? authority.substr(0, end) : std::string_view();
}

bool is_near_ipv6(std::string_view host) {
  const std::string text(host.substr(1, host.size() - 2));
  in6_addr address{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return false;
  const auto is = [&](const char* other) {
    in6_addr known{};
    return ::inet_pton(AF_INET6, other, &known) == 1 && std::ranges::equal(known.s6_addr, address.s6_addr);
  };
  return is("::1") || is("fd00:ec2::23");
}

// inet_pton takes four decimal numbers and nothing else, so that what is checked here is what libcurl connects to.
bool is_near_ipv4(std::string_view host) {
  std::array<unsigned char, 4> address{};
  if (::inet_pton(AF_INET, std::string(host).c_str(), address.data()) != 1) return false;
  return address[0] == 127 || host == "169.254.170.2" || host == "169.254.170.23";
}

// libcurl never asks a name server for "localhost".
bool is_near(std::string_view host) {
  return host.starts_with('[') ? is_near_ipv6(host) : iequals(host, "localhost") || is_near_ipv4(host);
}

// nullopt if neither variable is set.
Result<std::optional<std::string>> url_from(const Environment& environment, const std::string& ecs_endpoint) {
  if (const auto path = environment.get(kRelativeUri)) {
    if (path->starts_with('/') && is_visible_ascii(*path)) return std::optional(ecs_endpoint + *path);
    return fail(no_credentials(std::string(kRelativeUri) + " must be a path that begins with /"));
  }
  auto url = environment.get(kFullUri);
  if (url && !is_allowed_container_url(*url)) {
    return fail(
        no_credentials(std::string(kFullUri) + " must be an https URL, or an http URL of this machine, ECS or EKS"));
  }
  return url;
}

// At most one byte more than the limit, so that it shows when there is more.
Result<std::string> read_token_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(no_credentials("cannot read " + path + ", which " + kTokenFile + " names"));
  std::string text(kTokenLimit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// "" if neither variable is set.
Result<std::string> token_from(const Environment& environment) {
  std::string token;
  if (const auto path = environment.get(kTokenFile)) {
    auto text = read_token_file(*path);
    if (!text) return text;
    if (text->empty()) return fail(no_credentials(*path + ", which " + kTokenFile + " names, is empty"));
    token = std::move(*text);
  } else {
    token = environment.get(kToken).value_or("");
  }
  if (token.size() > kTokenLimit) {
    return fail(no_credentials("the container's authorization token is longer than " + std::to_string(kTokenLimit)));
  }
  // It becomes a header field: a line break would let it write others.
  if (has_control_characters(token)) {
    return fail(no_credentials("the container's authorization token has a line break or control character in it"));
  }
  return token;
}

Result<std::optional<Credentials>> credentials_in(const HttpReply& reply) {
  if (reply.status != 200) {
    return fail(no_credentials("the container's endpoint answered " + std::to_string(reply.status) + ": " +
                               reply.body.substr(0, kShownOfRefusal)));
  }
  auto credentials = read_credentials_answer(reply.body);
  if (!credentials) return fail(no_credentials("the container's endpoint: " + credentials.error().detail));
  return std::optional(std::move(*credentials));
}

}  // namespace

bool is_allowed_container_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const bool is_plain = is_visible_ascii(url) && url.find_first_of("#\\") == std::string_view::npos;
  if (!is_plain || scheme_end == std::string_view::npos) return false;
  const std::string_view site = url.substr(0, url.find_first_of("/?", scheme_end + 3));
  const auto endpoint = parse_endpoint(site);
  if (!endpoint) return false;
  const std::string_view host = host_of(site.substr(scheme_end + 3));
  return !host.empty() && (endpoint->scheme == "https" || is_near(host));
}

Result<std::optional<Credentials>> ContainerCredentials::fetch(Deadline deadline) {
  auto url = url_from(environment_, options_.ecs_endpoint);
  if (!url) return fail(url.error());
  if (!*url) return std::optional<Credentials>();
  auto token = token_from(environment_);
  if (!token) return fail(token.error());
  HttpRequest request{.url = std::move(**url), .headers = {{"Accept", "application/json"}}};
  if (!token->empty()) request.headers.emplace_back("Authorization", std::move(*token));
  const auto reply = ask_metadata(http_, std::move(request), options_.patience, deadline);
  if (!reply) return fail(error_of(reply.error(), deadline));
  return credentials_in(*reply);
}

}  // namespace tintype::aws
