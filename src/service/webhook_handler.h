#pragma once

#include <functional>

#include "base/random.h"
#include "ports/webhook_sender.h"
#include "service/job_handler.h"

namespace tintype {

// Does the jobs of type "webhook": sends one, with the event's id as its own.
//
// A webhook that failed is sent again after about 5 s, 5 min, 30 min and then every hour, as often as the queue gives
// the job; later if the receiver asks for that. It is given up at once if the receiver wants no more.
class WebhookHandler final : public JobHandler {
 public:
  // `sender` is borrowed. `random` gives a number in [0, 1), and is called concurrently.
  explicit WebhookHandler(WebhookSender& sender, std::function<double()> random = random_share)
      : sender_(sender), random_(std::move(random)) {}

  JobResult run(const JobAttempt& attempt) override;

 private:
  WebhookSender& sender_;
  const std::function<double()> random_;
};

}  // namespace tintype
