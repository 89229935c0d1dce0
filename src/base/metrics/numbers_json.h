#pragma once

#include <string>

#include "base/metrics/numbers.h"

namespace tintype {

// An object with the members that the table names: a latency is {"count","p50","p95","p99"} in seconds, or null if
// there was none; a count is a number; a share from 0 to 1, or null; a level is a number, or null. The point's time is
// `at`.
std::string numbers_json(const NumbersTable& table, const NumbersPoint& point);

// An array of them.
std::string numbers_json(const NumbersTable& table, const std::vector<NumbersPoint>& points);

}  // namespace tintype
