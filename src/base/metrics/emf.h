#pragma once

#include <string>
#include <vector>

#include "base/metrics/numbers.h"

namespace tintype {

// The numbers of an interval in the embedded metric format of Amazon CloudWatch ("Specification: Embedded metric
// format", Amazon CloudWatch User Guide), one JSON document each, without newlines; none if nothing happened. More than
// one where one document cannot hold two values of a metric, such as the hit rates of two caches.
//
// A latency is an array of values in milliseconds, of which CloudWatch makes percentiles: all of them, or 100 that
// stand for all (Sketch::sample), which is as many as an array may have. A share is in percent. What did not happen is
// not in it: no empty latency, no count of zero, no share of nothing, no level that is not known.
std::vector<std::string> emf_documents(const NumbersTable& table, const NumbersInterval& interval, UnixTime at);

}  // namespace tintype
