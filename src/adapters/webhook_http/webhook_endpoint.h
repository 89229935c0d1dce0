#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace tintype {

// Where webhooks go, and how they are signed.
struct WebhookEndpoint {
  std::string url;  // http or https. May hold secrets, so it is never logged
  std::vector<std::byte> key;
  bool allow_private = false;  // whether it may lead to special addresses (special_address.h)
};

// From the settings webhook-url, webhook-secret and webhook-allow-private. ValidationFailed, with a message that names
// the setting and says what to do; it repeats neither of the two. A URL with a name that leads to a special address is
// found out when something is sent.
Result<WebhookEndpoint> parse_webhook_endpoint(const std::string& url, const std::string& secret, bool allow_private);

}  // namespace tintype
