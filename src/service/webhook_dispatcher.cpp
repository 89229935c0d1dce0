#include "service/webhook_dispatcher.h"

#include <chrono>
#include <span>
#include <utility>
#include <vector>

#include "model/jobs/job.h"

namespace tintype {
namespace {

constexpr int kEventsAtOnce = 100;

}  // namespace

Result<bool> WebhookDispatcher::run(Deadline deadline) {
  auto events = events_.unannounced(kEventsAtOnce, deadline);
  if (!events) return fail(events.error());
  const bool is_full = events->size() == static_cast<std::size_t>(kEventsAtOnce);
  std::erase_if(*events, [this](const ImageEvent& event) { return announced_.contains(event.id); });
  if (events->empty()) return false;
  std::vector<NewJob> jobs;
  std::set<std::string> ids;
  for (const ImageEvent& event : *events) {
    const auto time = std::chrono::floor<std::chrono::seconds>(event.at).time_since_epoch();
    jobs.push_back(
        new_job(WebhookJob{.event_id = event.id, .timestamp = time.count(), .payload = renderer_.webhook(event)}));
    ids.insert(event.id);
  }
  if (const auto pushed = queue_.push(jobs, deadline); !pushed) return fail(pushed.error());
  if (const auto marked = events_.mark_announced(*events, deadline); !marked) return fail(marked.error());
  announced_ = std::move(ids);
  return is_full;
}

}  // namespace tintype
