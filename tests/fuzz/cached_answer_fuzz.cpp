// What Redis has under a key of the cache: another program, or another release, may have put it there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "service/cached_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tintype::CachedAnswer;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto answer = CachedAnswer::decode(std::make_shared<const std::string>(text), "0123456789abcdef");
  if (!answer) return 0;
  const std::string again =
      CachedAnswer::encode(answer->kind(), "0123456789abcdef", answer->version(), answer->owner(), answer->body());
  const auto same = CachedAnswer::decode(std::make_shared<const std::string>(again), "0123456789abcdef");
  const bool is_same = same && same->version() == answer->version() && same->owner() == answer->owner() &&
                       same->body() == answer->body();
  if (!is_same) std::abort();
  return 0;
}
