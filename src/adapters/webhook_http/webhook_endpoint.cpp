#include "adapters/webhook_http/webhook_endpoint.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "adapters/webhook_http/special_address.h"
#include "base/base64.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kShortestKey = 24;  // bytes; Standard Webhooks, "Signature scheme"
constexpr std::size_t kLongestKey = 64;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::unique_ptr<char, FreeText> owned(text);
  return text;
}

// The host of an http or https URL, as libcurl, which will use it, reads it; without brackets.
std::optional<std::string> host_of(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (!is_visible_ascii(url) || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  std::string host = part_of(parsed.get(), CURLUPART_HOST);
  if ((scheme != "http" && scheme != "https") || host.empty()) return std::nullopt;
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

std::optional<std::vector<std::byte>> decode_key(std::string_view secret) {
  if (!secret.starts_with(kSecretPrefix)) return std::nullopt;
  const std::string_view text = secret.substr(kSecretPrefix.size());
  std::string url_safe(text.substr(0, text.find('=')));
  std::ranges::replace(url_safe, '+', '-');
  std::ranges::replace(url_safe, '/', '_');
  auto key = base64url_decode(url_safe);
  if (!key || base64_encode(*key) != text) return std::nullopt;  // the other alphabet, or other padding
  if (key->size() < kShortestKey || key->size() > kLongestKey) return std::nullopt;
  return key;
}

}  // namespace

Result<WebhookEndpoint> parse_webhook_endpoint(const std::string& url, const std::string& secret, bool allow_private) {
  const auto host = host_of(url);
  if (!host) {
    return fail(ErrorCode::ValidationFailed,
                "webhook-url: wants an http:// or https:// URL, such as https://example.com/hooks/images");
  }
  if (const auto purpose = special_purpose(*host); purpose && !allow_private) {
    return fail(ErrorCode::ValidationFailed, "webhook-url: leads to a " + std::string(*purpose) +
                                                 " address; if that is meant, set webhook-allow-private to yes");
  }
  auto key = decode_key(secret);
  if (!key) {
    const std::string wrong =
        secret.empty() ? "is missing, and webhook-url is set" : "wants whsec_ and, in base64, 24 to 64 random bytes";
    return fail(ErrorCode::ValidationFailed,
                "webhook-secret: " + wrong + "; make one with: echo whsec_$(openssl rand -base64 32)");
  }
  return WebhookEndpoint{.url = url, .key = std::move(*key), .allow_private = allow_private};
}

}  // namespace tintype
