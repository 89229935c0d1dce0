#pragma once

#include "base/metrics/metrics.h"
#include "service/event_hub.h"

namespace tintype {

// Shows what the hub counts. `hub` and `metrics` outlive whoever uses them.
void expose_events(const EventHub& hub, MetricsRegistry& metrics);

}  // namespace tintype
