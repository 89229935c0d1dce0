// A WebhookSender tells one receiver, which it is made for, of events by HTTP. It knows nothing of images.
//
// Thread safety: all methods may be called concurrently.
// Blocking: send() may block until `deadline`, or less if the adapter has a limit of its own.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/deadline.h"

namespace tintype {

struct Webhook {
  std::string id;  // of the event, without full stops: the same each time that it is sent, so that doubles can be told
  std::string body;  // JSON
};

struct WebhookAnswer {
  enum class Kind {
    Accepted,
    Failed,  // it may be accepted another time
    Gone,    // the receiver wants no more webhooks from us
  };
  Kind kind = Kind::Accepted;
  std::string reason = {};                                    // if not accepted; without the receiver's URL
  std::optional<std::chrono::milliseconds> retry_after = {};  // that the receiver asks for before the next attempt
};

class WebhookSender {
 public:
  virtual ~WebhookSender() = default;

  // One attempt. Failed does not say that the receiver has not got it.
  virtual WebhookAnswer send(const Webhook& webhook, Deadline deadline) = 0;
};

}  // namespace tintype
