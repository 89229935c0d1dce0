#include "adapters/measured/operation_timer.h"

namespace tintype {
namespace {

prometheus::Histogram& histogram(MetricsRegistry& metrics, const std::string& store, const std::string& operation,
                                 const std::string& outcome) {
  return metrics.seconds("tintype_store_duration_seconds", "Time that calls of a store took",
                         {{"store", store}, {"operation", operation}, {"outcome", outcome}});
}

}  // namespace

OperationTimer::OperationTimer(MetricsRegistry& metrics, const std::string& store, const std::string& operation)
    : ok_(histogram(metrics, store, operation, "ok")), error_(histogram(metrics, store, operation, "error")) {}

OperationTimer::OperationTimer(MetricsRegistry& metrics, const std::string& store, const std::string& operation,
                               Distribution& summary)
    : OperationTimer(metrics, store, operation) {
  summary_ = &summary;
}

}  // namespace tintype
