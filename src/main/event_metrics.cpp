#include "main/event_metrics.h"

#include <algorithm>

namespace tintype {
namespace {

// For a number that is kept elsewhere.
void raise_to(prometheus::Counter& counter, std::uint64_t value) {
  counter.Increment(std::max(0.0, static_cast<double>(value) - counter.Value()));
}

}  // namespace

void expose_events(const EventHub& hub, MetricsRegistry& metrics) {
  auto& streams = metrics.gauge("tintype_event_streams", "Open event streams.");
  auto& waits = metrics.gauge("tintype_event_waits", "Requests that wait for an image.");
  auto& dropped = metrics.counter("tintype_event_streams_dropped_total",
                                  "Event streams that were ended because their clients did not keep up.");
  auto& sent = metrics.counter("tintype_events_sent_total", "Events given to streams and to requests that wait.");
  metrics.before_expose([&] {
    const auto counts = hub.counts();
    streams.Set(counts.streams);
    waits.Set(counts.waits);
    raise_to(dropped, counts.dropped);
    raise_to(sent, counts.sent);
  });
}

}  // namespace tintype
