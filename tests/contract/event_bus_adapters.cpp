#include "adapters/event_bus_local/local_event_bus.h"
#include "tests/contract/event_bus_contract.h"

namespace tintype::testing_support {
namespace {

class LocalUnderTest final : public EventBusUnderTest {
 public:
  EventBus& bus() override { return bus_; }

 private:
  LocalEventBus bus_;
};

INSTANTIATE_TEST_SUITE_P(Adapters, EventBusContract,
                         testing::Values(EventBusAdapter{"local", [] { return std::make_unique<LocalUnderTest>(); }}),
                         adapter_name);

}  // namespace
}  // namespace tintype::testing_support
