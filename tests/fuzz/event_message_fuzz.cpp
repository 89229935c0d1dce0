// What others publish on the channel of events.
#include <cstdlib>
#include <string>

#include "adapters/event_bus_redis/event_message.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto message = tintype::parse_event_message(text);
  if (message && tintype::encode(*message) != text) std::abort();
  return 0;
}
