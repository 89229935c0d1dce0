// What a Redis server sends, and the URL that says where it is.
#include <cstdlib>
#include <string>

#include "adapters/redis/redis_codec.h"
#include "adapters/redis/redis_url.h"

namespace {

using namespace tintype;
using redis::Reply;

constexpr redis::ReplyReader::Limits kLimits{.bytes = 4096, .elements = 64};

void require(bool holds) {
  if (!holds) std::abort();
}

std::size_t elements_of(const Reply& reply) {
  std::size_t count = 1;
  for (const Reply& element : reply.elements) count += elements_of(element);
  return count;
}

void append(const Reply& reply, std::string& out) {
  out += std::to_string(static_cast<int>(reply.type)) + ':' + std::to_string(reply.integer) + ':' + reply.text + '[';
  for (const Reply& element : reply.elements) append(element, out);
  out += ']';
}

// All replies up to the first error, as text.
std::string read_in_pieces(std::string_view wire, std::size_t piece) {
  redis::ReplyReader reader(kLimits);
  std::string text;
  for (std::size_t at = 0; at < wire.size(); at += piece) {
    if (!reader.feed(wire.substr(at, piece))) return text;
    for (;;) {
      auto next = reader.next();
      if (!next) return text;
      if (!*next) break;
      require(elements_of(**next) <= kLimits.elements);
      append(**next, text);
    }
  }
  return text;
}

void check_url(std::string_view text) {
  const auto url = redis::parse_redis_url(text);
  if (!url) return;
  require(url->port != 0 && url->database >= 0);
  require(url->transport == redis::RedisUrl::Transport::Unix ? url->path.starts_with('/') : !url->host.empty());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  // A reply may be beyond the limit in one cut and not in another only if there is more than the limit.
  if (size <= kLimits.bytes) require(read_in_pieces(text, 1) == read_in_pieces(text, size + 1));
  (void)read_in_pieces(text, 100);
  check_url(text);
  return 0;
}
