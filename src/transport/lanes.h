#pragma once

#include "base/bounded_executor.h"
#include "http/routes.h"

namespace tintype::transport {

// The threads that handlers run on; an I/O thread never blocks.
struct Lanes {
  BoundedExecutor& store;
  BoundedExecutor& upload;

  BoundedExecutor& of(http::Lane lane) const { return lane == http::Lane::Upload ? upload : store; }
};

}  // namespace tintype::transport
