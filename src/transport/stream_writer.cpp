#include "transport/stream_writer.h"

#include <boost/asio/buffer.hpp>
#include <charconv>

#include "transport/response_writer.h"
#include "transport/vigil.h"

namespace tintype::transport {
namespace {

// RFC 9112 section 7.1.
std::string chunk(std::string_view text) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), text.size(), 16).ptr;
  std::string framed(digits.begin(), end);
  framed.reserve(framed.size() + text.size() + 4);
  framed += "\r\n";
  framed += text;
  return framed += "\r\n";
}

constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Tells the stream whom to wake, for as long as it is there.
class Listening {
 public:
  Listening(http::BodyStream& stream, std::function<void()> wake) : stream_(stream) {
    stream.on_ready(std::move(wake));
  }
  ~Listening() { stream_.on_ready(nullptr); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  http::BodyStream& stream_;
};

}  // namespace

Awaitable<bool> write_stream(Connection& connection, http::StreamBody& body, StreamOptions options,
                             const bool& draining) {
  Vigil vigil(connection);
  const Listening listening(*body.stream, vigil.waker());
  bool was_idle = false;
  while (!draining && !vigil.client_is_gone()) {
    auto text = body.stream->take();
    if (!text) break;
    if (text->empty() && was_idle) *text = body.idle_text;
    was_idle = false;
    if (!text->empty()) {
      const std::string bytes = options.is_chunked ? chunk(*text) : std::move(*text);
      const bool written = co_await write_all(connection, asio::buffer(bytes), options.stall_timeout);
      if (!written) co_return false;
      continue;
    }
    was_idle = co_await vigil.wait(body.idle_after);
  }
  if (vigil.client_is_gone() || !options.is_chunked) co_return false;
  co_return co_await write_all(connection, asio::buffer(kLastChunk), options.stall_timeout);
}

}  // namespace tintype::transport
