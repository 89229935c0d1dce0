#pragma once

#include <memory>

#include "base/log.h"
#include "config/settings.h"
#include "main/cache_composition.h"
#include "ports/event_bus.h"

namespace tintype {

// By way of Redis if the cache is there. All is borrowed.
std::unique_ptr<EventBus> make_event_bus(const config::Settings& settings, const CacheParts& cache, const Logger& log);

}  // namespace tintype
