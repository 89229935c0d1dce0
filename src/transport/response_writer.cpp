#include "transport/response_writer.h"

#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <ctime>

#include "base/time_format.h"
#include "transport/run_on.h"

namespace tintype::transport {
namespace {

// RFC 9110 section 6.6.1; formatted once a second on each thread.
const std::string& date_now() {
  thread_local std::time_t formatted_for = 0;
  thread_local std::string date;
  const std::time_t now = std::time(nullptr);
  if (now != formatted_for) {
    formatted_for = now;
    date = to_http_date(UnixTime(std::chrono::seconds(now)));
  }
  return date;
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

std::string format_head(const http::Request& request, const http::Response& response, const WriteOptions& options) {
  std::string head;
  head.reserve(512);
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += http::reason_phrase(response.status);
  head += "\r\n";
  append_field(head, "Date", date_now());
  for (const auto& [name, value] : response.headers) append_field(head, name, value);
  append_field(head, "X-Request-Id", request.id);
  const bool is_chunked = response.is_stream() && options.http_minor > 0;
  if (is_chunked) append_field(head, "Transfer-Encoding", "chunked");
  const bool has_length =
      !response.is_stream() && response.status != 204 && response.status != 304;  // RFC 9110 section 8.6
  if (has_length) append_field(head, "Content-Length", std::to_string(response.content_length()));
  if (!options.keep_alive) append_field(head, "Connection", "close");
  if (options.keep_alive && options.http_minor == 0) append_field(head, "Connection", "keep-alive");
  head += "\r\n";
  return head;
}

// Holds small segments back, so that the head and the first bytes of a file share a packet.
class Cork {
 public:
  explicit Cork(int fd) : fd_(fd) { set(1); }
  ~Cork() { set(0); }
  Cork(const Cork&) = delete;
  Cork& operator=(const Cork&) = delete;

 private:
  void set(int on) const { ::setsockopt(fd_, IPPROTO_TCP, TCP_CORK, &on, sizeof on); }
  int fd_;
};

Awaitable<bool> send_file(Connection& connection, const http::SourceBody& body, std::chrono::milliseconds stall) {
  connection.socket.native_non_blocking(true);
  auto offset = static_cast<off_t>(body.offset);
  std::uint64_t left = body.length;
  while (left > 0) {
    const ssize_t sent = ::sendfile(connection.socket.native_handle(), body.source->descriptor(), &offset, left);
    if (sent > 0) {
      left -= static_cast<std::uint64_t>(sent);
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent == 0 || errno != EAGAIN) co_return false;  // 0: the file is shorter than promised
    connection.expect(Connection::Phase::Writing, stall);
    auto [error] = co_await connection.socket.async_wait(Socket::wait_write, kAwaitOutcome);
    if (error) co_return false;
  }
  co_return true;
}

Awaitable<bool> send_source(Connection& connection, const http::SourceBody& body, std::chrono::milliseconds stall,
                            BoundedExecutor& pool) {
  constexpr std::size_t kChunk = 256 * 1024;
  std::vector<std::byte> chunk(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, body.length)));
  std::uint64_t sent = 0;
  while (sent < body.length) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), body.length - sent));
    Result<std::size_t> got = std::size_t{0};
    std::function<void()> read = [&] {
      got = body.source->read_at(body.offset + sent, std::span(chunk).first(wanted), Deadline::after(stall));
    };
    connection.expect(Connection::Phase::Working, std::chrono::steady_clock::time_point::max());
    const bool ran = co_await run_on(pool, std::move(read));
    if (!ran || !got || *got == 0) co_return false;
    const bool written = co_await write_all(connection, asio::buffer(chunk.data(), *got), stall);
    if (!written) co_return false;
    sent += *got;
  }
  co_return true;
}

}  // namespace

Awaitable<bool> write_all(Connection& connection, asio::const_buffer bytes, std::chrono::milliseconds stall_timeout) {
  while (bytes.size() > 0) {
    connection.expect(Connection::Phase::Writing, stall_timeout);
    auto [error, written] = co_await connection.socket.async_write_some(asio::buffer(bytes), kAwaitOutcome);
    if (error) co_return false;
    bytes += written;
  }
  co_return true;
}

Awaitable<bool> write_response(Connection& connection, const http::Request& request, http::Response& response,
                               WriteOptions options, BoundedExecutor& pool) {
  const std::string head = format_head(request, response, options);
  if (response.is_stream()) co_return co_await write_all(connection, asio::buffer(head), options.stall_timeout);
  auto* source = std::get_if<http::SourceBody>(&response.body);
  if (source == nullptr) {
    const std::string_view text = response.text();
    std::array<asio::const_buffer, 2> parts = {asio::buffer(head),
                                               options.head_only ? asio::const_buffer() : asio::buffer(text)};
    connection.expect(Connection::Phase::Writing, options.stall_timeout);
    auto [error, written] = co_await asio::async_write(connection.socket, parts, kAwaitOutcome);
    co_return !error;
  }
  const Cork cork(connection.socket.native_handle());
  const bool head_written = co_await write_all(connection, asio::buffer(head), options.stall_timeout);
  if (!head_written || options.head_only) co_return head_written;
  if (source->source->descriptor() >= 0) co_return co_await send_file(connection, *source, options.stall_timeout);
  co_return co_await send_source(connection, *source, options.stall_timeout, pool);
}

}  // namespace tintype::transport
