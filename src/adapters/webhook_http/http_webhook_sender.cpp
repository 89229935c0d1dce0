#include "adapters/webhook_http/http_webhook_sender.h"

#include <utility>

#include "adapters/webhook_http/webhook_post.h"
#include "adapters/webhook_http/webhook_signature.h"

namespace tintype {

HttpWebhookSender::HttpWebhookSender(WebhookEndpoint endpoint, const Clock& clock, Options options)
    : endpoint_(std::move(endpoint)), clock_(clock), options_(std::move(options)) {}

WebhookAnswer HttpWebhookSender::send(const Webhook& webhook, Deadline deadline) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
  const std::vector<std::string> headers = {
      "Content-Type: application/json",
      "User-Agent: " + options_.user_agent,
      "webhook-id: " + webhook.id,
      "webhook-timestamp: " + std::to_string(now),
      "webhook-signature: " + webhook_signature(endpoint_.key, webhook.id, now, webhook.body),
  };
  WebhookPost post(endpoint_, headers, webhook.body);
  if (!options_.ca_bundle.empty()) post.trust(options_.ca_bundle);
  return post.perform(Deadline::after(options_.timeout).earlier_of(deadline));
}

}  // namespace tintype
