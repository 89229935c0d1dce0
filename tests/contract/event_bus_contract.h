#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "ports/event_bus.h"

namespace tintype::testing_support {

// A bus of two processes, or of one, and what it needs to live.
class EventBusUnderTest {
 public:
  virtual ~EventBusUnderTest() = default;
  virtual EventBus& bus() = 0;
  // Of another process; null if the adapter reaches only its own.
  virtual EventBus* replica() { return nullptr; }
};

struct EventBusAdapter {
  std::string name;
  std::function<std::unique_ptr<EventBusUnderTest>()> make;

  friend std::ostream& operator<<(std::ostream& out, const EventBusAdapter& adapter) { return out << adapter.name; }
};

class EventBusContract : public testing::TestWithParam<EventBusAdapter> {
 protected:
  EventBus& bus() { return under_test_->bus(); }
  EventBus* replica() { return under_test_->replica(); }

 private:
  const std::unique_ptr<EventBusUnderTest> under_test_ = GetParam().make();
};

inline std::string adapter_name(const testing::TestParamInfo<EventBusAdapter>& info) {
  return info.param.name;
}

}  // namespace tintype::testing_support
