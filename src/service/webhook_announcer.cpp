#include "service/webhook_announcer.h"

#include <exception>

namespace tintype {
namespace {

constexpr std::chrono::milliseconds kPause{1000};
constexpr std::chrono::milliseconds kPassTime{30'000};

}  // namespace

WebhookAnnouncer::WebhookAnnouncer(WebhookDispatcher& dispatcher, const Logger& log)
    : dispatcher_(dispatcher),
      log_(log),
      task_("webhook-events", kPause, [this](const std::stop_token&) { return run(); }) {}

// An outage is in the log once, though a pass fails every second.
bool WebhookAnnouncer::run() {
  const auto more = guarded_pass();
  if (!more && !failing_) {
    log_.warn("events cannot be made webhooks; trying again", {{"error", to_string(more.error())}});
  }
  if (more && failing_) log_.info("events are made webhooks again");
  failing_ = !more;
  return more && *more;
}

// One failing pass must not end all further ones.
Result<bool> WebhookAnnouncer::guarded_pass() {
  try {
    return dispatcher_.run(Deadline::after(kPassTime));
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::Internal, "a pass over the events has thrown", thrown.what());
  }
}

}  // namespace tintype
