// What a worker that was taken over can send to the service, and the other way round.
#include <cstdlib>
#include <span>

#include "adapters/engine_worker/protocol/messages.h"

namespace {

using namespace tintype::worker_protocol;

// What decodes is what was encoded, to the byte: nothing of a message goes unread.
template <typename Message>
void check(const std::optional<Message>& message, std::span<const std::byte> datagram) {
  if (message && !std::ranges::equal(encode(*message), datagram)) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = std::as_bytes(std::span(data, size));
  check(decode_zygote_ready(datagram), datagram);
  check(decode_forked(datagram), datagram);
  check(decode_worker_ready(datagram), datagram);
  check(decode_job(datagram), datagram);
  check(decode_job_reply(datagram), datagram);
  return 0;
}
