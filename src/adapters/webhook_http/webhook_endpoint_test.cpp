#include "adapters/webhook_http/webhook_endpoint.h"

#include <gmock/gmock.h>

#include "base/base64.h"

namespace tintype {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kUrl = "https://example.com/hooks?token=hush";
const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string secret_of(std::size_t bytes) {
  return "whsec_" + base64_encode(std::vector<std::byte>(bytes, std::byte{0xfb}));
}
std::string error_of(const std::string& url, const std::string& secret, bool allow_private = false) {
  const auto endpoint = parse_webhook_endpoint(url, secret, allow_private);
  return endpoint ? "(none)" : endpoint.error().public_message;
}

TEST(WebhookEndpoint, UrlAndKeyAreRead) {
  const auto endpoint = parse_webhook_endpoint(kUrl, kSecret, false);
  ASSERT_TRUE(endpoint) << to_string(endpoint.error());
  EXPECT_EQ(endpoint->url, kUrl);
  EXPECT_EQ(endpoint->key.size(), 24u);
  EXPECT_EQ(endpoint->key.front(), std::byte{0x31});
}

TEST(WebhookEndpoint, KeysOf24To64BytesAreTaken) {
  for (const std::size_t bytes : {24u, 25u, 26u, 32u, 64u}) EXPECT_EQ(error_of(kUrl, secret_of(bytes)), "(none)");
  for (const std::size_t bytes : {0u, 16u, 23u, 65u}) {
    EXPECT_THAT(error_of(kUrl, secret_of(bytes)), HasSubstr("webhook-secret"));
  }
}

TEST(WebhookEndpoint, MissingSecretSaysHowToMakeOne) {
  EXPECT_THAT(error_of(kUrl, ""), AllOf(HasSubstr("webhook-secret"), HasSubstr("missing"), HasSubstr("openssl rand")));
}

TEST(WebhookEndpoint, MalformedSecretIsNotRepeated) {
  for (const char* secret : {"hunter2hunter2hunter2hunter2hunter2", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=", "whsec_-_KQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa w"}) {
    EXPECT_THAT(error_of(kUrl, secret),
                AllOf(HasSubstr("webhook-secret"), Not(HasSubstr("KQ9r8")), Not(HasSubstr("hunter"))))
        << secret;
  }
}

TEST(WebhookEndpoint, WhatIsNoHttpUrlIsRefusedAndNotRepeated) {
  for (const char* url : {"example.com/hush", "ftp://example.com/hush", "file:///hush", "http://", "https://",
                          "http://exa mple.com/hush", "https://example.com:99999/hush", "javascript:hush", ""}) {
    EXPECT_THAT(error_of(url, kSecret), AllOf(HasSubstr("webhook-url"), Not(HasSubstr("hush")))) << url;
  }
}

// The third and fourth are 127.0.0.1 to libcurl.
TEST(WebhookEndpoint, SpecialAddressIsRefusedUnlessAllowed) {
  for (const char* url : {"http://127.0.0.1:9000/", "https://10.1.2.3/", "http://0x7f000001/", "http://127.1/",
                          "http://[::1]:9000/", "http://[::ffff:10.0.0.1]/", "http://[fd00::1]/"}) {
    EXPECT_THAT(error_of(url, kSecret), AllOf(HasSubstr("webhook-url"), HasSubstr("webhook-allow-private"))) << url;
    EXPECT_EQ(error_of(url, kSecret, true), "(none)") << url;
  }
}

}  // namespace
}  // namespace tintype
