#pragma once

#include <chrono>
#include <string>

#include "adapters/webhook_http/webhook_endpoint.h"
#include "ports/clock.h"
#include "ports/webhook_sender.h"

namespace tintype {

// Sends webhooks as Standard Webhooks 1.0.0 says (https://www.standardwebhooks.com): one POST of JSON, with the headers
// webhook-id, webhook-timestamp, which is the attempt's, and webhook-signature.
//
// A status of 2xx is Accepted, 410 is Gone, anything else Failed: redirects are not followed, and of other statuses the
// specification says that they are failures, which are to be tried again. What the answer says is not read.
//
// No proxy is used, and every address is looked at when it is connected to, whatever its name has meant before.
class HttpWebhookSender final : public WebhookSender {
 public:
  struct Options {
    std::string user_agent = "tintype";
    std::chrono::milliseconds timeout{10'000};  // for an attempt, from the look-up of the name to the answer
    std::string ca_bundle = {};                 // file of PEM certificates; empty: the system's
  };

  // `clock` is borrowed.
  HttpWebhookSender(WebhookEndpoint endpoint, const Clock& clock, Options options);

  WebhookAnswer send(const Webhook& webhook, Deadline deadline) override;

 private:
  const WebhookEndpoint endpoint_;
  const Clock& clock_;
  const Options options_;
};

}  // namespace tintype
