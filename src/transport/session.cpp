// DESIGN
// One coroutine per connection, straight line: header, admit, body, handle, answer, again. Beast is used as a parser
// only: bytes are read into our buffer and put() into it, which lets the time-out depend on what is being waited for,
// and a 413 be sent after the header (a body_limit set before it would fail the header itself). Rejected: a timer per
// operation (ConnectionSet says why) and http::file_body (nine times the CPU of sendfile).
#include "transport/session.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>

#include "base/text.h"
#include "http/error_response.h"
#include "http/request_id.h"
#include "transport/call_back.h"
#include "transport/linger.h"
#include "transport/response_writer.h"
#include "transport/run_on.h"
#include "transport/stream_writer.h"
#include "transport/vigil.h"

namespace tintype::transport {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::buffer_body>;
using Phase = Connection::Phase;

constexpr std::size_t kMaxHeader = 16 * 1024;
constexpr std::size_t kHeaderRead = 4 * 1024;
constexpr std::size_t kBodyRead = 64 * 1024;
constexpr std::uint64_t kSlowestBytesPerSecond = 8 * 1024;
constexpr auto kNever = std::chrono::steady_clock::time_point::max();

class BeastHeaders final : public http::Headers {
 public:
  explicit BeastHeaders(const Parser& parser) : fields_(parser.get()) {}
  std::string_view get(std::string_view name) const override {
    return fields_[beast::string_view(name.data(), name.size())];
  }

 private:
  const beast::http::fields& fields_;
};

class Session {
 public:
  Session(Socket socket, SessionContext& context) : context_(context), connection_(std::move(socket)) {
    context_.connections.add(connection_);
  }
  ~Session() { context_.connections.remove(connection_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Awaitable<void> run() {
    bool goes_on = true;
    while (goes_on) goes_on = co_await serve_one();
    error_code ignored;
    connection_.socket.shutdown(Socket::shutdown_both, ignored);
  }

 private:
  enum class Outcome { Done, Refused, Gone };  // Gone: there is nobody to answer

  Awaitable<bool> serve_one();
  Awaitable<Outcome> read_header();
  Awaitable<Outcome> receive(std::size_t count);
  Awaitable<http::Response> answer(http::Request& request, bool& body_read);
  static Awaitable<std::optional<http::Response>> begin_soon(http::Request& request);
  Awaitable<http::Response> handle(http::Request& request);
  Awaitable<bool> wait_for(http::Later& later, http::Request& request);
  Awaitable<Outcome> read_body(http::Request& request, http::Response& refusal);
  Awaitable<bool> send(const http::Request& request, http::Response& response, bool keep_alive);
  int http_minor() const { return static_cast<int>(parser_->get().version() % 10); }
  Awaitable<void> refuse_malformed(Outcome outcome);
  Result<void> put_body(http::RequestBody& body, error_code& error);

  SessionContext& context_;
  Connection connection_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::unique_ptr<std::byte[]> chunk_;  // what the parser copies body bytes to; only while there is a body
};

// One request and its answer; false if the connection ends here.
Awaitable<bool> Session::serve_one() {
  parser_.emplace();
  parser_->header_limit(kMaxHeader);
  parser_->body_limit(boost::none);
  const Outcome header = co_await read_header();
  if (header != Outcome::Done) {
    co_await refuse_malformed(header);
    co_return false;
  }
  const auto started = std::chrono::steady_clock::now();
  context_.dispatcher.in_flight().Increment();
  const BeastHeaders headers(*parser_);
  const auto length = parser_->content_length();
  http::Request request{
      .method = parser_->get().method_string(), .target = parser_->get().target(), .headers = headers};
  if (length) request.content_length = *length;
  request.has_body = !parser_->is_done();

  bool body_read = !request.has_body;
  http::Response response = co_await answer(request, body_read);
  // A body that was not read to its end stands between this request and the next.
  const bool has_end = !response.is_stream() || http_minor() > 0;  // that shows without closing
  bool keep_alive = parser_->keep_alive() && body_read && !response.close && has_end && !context_.draining;
  const bool gone = response.status == 0;
  bool sent = false;
  if (!gone) {
    sent = co_await send(request, response, keep_alive);
    keep_alive = keep_alive && sent;
    context_.dispatcher.completed(request, response, std::chrono::steady_clock::now() - started);
  }
  context_.dispatcher.in_flight().Decrement();
  auto* const stream = std::get_if<http::StreamBody>(&response.body);
  if (stream != nullptr && sent && request.method != "HEAD") {
    const bool ended = co_await write_stream(connection_, *stream, {.is_chunked = http_minor() > 0}, context_.draining);
    keep_alive = keep_alive && ended && !context_.draining;
  }
  if (!gone && !body_read) co_await linger(connection_);
  co_return keep_alive && !gone;
}

Awaitable<Session::Outcome> Session::receive(std::size_t count) {
  auto [error, received] = co_await connection_.socket.async_read_some(buffer_.prepare(count), kAwaitOutcome);
  if (error) co_return connection_.timed_out ? Outcome::Refused : Outcome::Gone;
  buffer_.commit(received);
  co_return Outcome::Done;
}

Awaitable<Session::Outcome> Session::read_header() {
  parser_->eager(false);
  connection_.expect(buffer_.size() == 0 ? Phase::Idle : Phase::Reading,
                     buffer_.size() == 0 ? context_.timeouts.idle : context_.timeouts.header);
  for (;;) {
    if (buffer_.size() > 0) {
      error_code error;
      buffer_.consume(parser_->put(buffer_.data(), error));
      if (parser_->is_header_done()) co_return Outcome::Done;
      if (error && error != beast::http::error::need_more) co_return Outcome::Refused;
    }
    if (connection_.phase == Phase::Idle && context_.draining) co_return Outcome::Gone;
    const Outcome received = co_await receive(kHeaderRead);
    if (received != Outcome::Done) co_return connection_.phase == Phase::Idle ? Outcome::Gone : received;
    if (connection_.phase == Phase::Idle) connection_.expect(Phase::Reading, context_.timeouts.header);
  }
}

// The response to send. `body_read` tells whether the request has been read to its end; status 0: the client is gone.
Awaitable<http::Response> Session::answer(http::Request& request, bool& body_read) {
  if (auto refused = context_.dispatcher.admit(request)) co_return std::move(*refused);
  http::Response response;
  if (request.has_body) {
    const Outcome outcome = co_await read_body(request, response);
    if (outcome == Outcome::Gone) co_return http::Response{.status = 0};
    if (outcome == Outcome::Refused) co_return response;
    body_read = true;
  }
  if (auto refused = context_.dispatcher.received(request)) co_return std::move(*refused);
  connection_.expect(Phase::Working, kNever);
  if (request.route->answer_soon && !request.has_body) {
    if (auto answered = co_await begin_soon(request)) co_return std::move(*answered);
  }
  if (request.route->lane == http::Lane::Inline) co_return context_.dispatcher.handle(request);
  response = co_await handle(request);
  while (response.later) {
    const bool is_there = co_await wait_for(*response.later, request);
    if (!is_there) co_return http::Response{.status = 0};
    response = co_await handle(request);
  }
  co_return response;
}

// On the route's lane.
Awaitable<http::Response> Session::handle(http::Request& request) {
  http::Response response;
  std::function<void()> work = [&] { response = context_.dispatcher.handle(request); };
  const bool ran = co_await run_on(context_.lanes.of(request.route->lane), std::move(work));
  if (!ran)
    co_return context_.dispatcher.refuse(
        request, {ErrorCode::Overloaded, "too many requests are under way; try again shortly", "lane full"});
  co_return response;
}

// False if the client is gone. A drain ends the wait: the handler answers with what there is.
Awaitable<bool> Session::wait_for(http::Later& later, http::Request& request) {
  const auto begun = std::chrono::steady_clock::now();
  Vigil vigil(connection_);
  later.happening->on_ready(vigil.waker());
  if (!context_.draining) co_await vigil.wait(later.at_latest.remaining());
  later.happening->on_ready(nullptr);
  request.waited = std::chrono::steady_clock::now() - begun + request.waited.value_or(std::chrono::seconds(0));
  co_return !vigil.client_is_gone();
}

// What the route can answer without one of our threads; nullopt: it cannot.
Awaitable<std::optional<http::Response>> Session::begin_soon(http::Request& request) {
  using Answer = std::optional<http::Response>;
  return call_back<Answer>([&request](std::function<void(Answer)> done) {
    // Shared only because it is given away and may still be needed.
    const auto finish = std::make_shared<std::function<void(Answer)>>(std::move(done));
    const bool begun = request.route->answer_soon(request, [finish](Answer answer) { (*finish)(std::move(answer)); });
    if (!begun) (*finish)(std::nullopt);
  });
}

// Moves what is buffered through the parser into `body`, at most one chunk.
Result<void> Session::put_body(http::RequestBody& body, error_code& error) {
  auto& target = parser_->get().body();
  target.data = chunk_.get();
  target.size = kBodyRead;
  buffer_.consume(parser_->put(buffer_.data(), error));
  const std::size_t count = kBodyRead - target.size;
  if (count == 0) return {};
  return body.write(std::span(chunk_.get(), count));
}

Awaitable<Session::Outcome> Session::read_body(http::Request& request, http::Response& refusal) {
  if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    auto [error, written] = co_await asio::async_write(connection_.socket, asio::buffer(kContinue), kAwaitOutcome);
    if (error) co_return Outcome::Gone;
  }
  parser_->eager(true);
  chunk_ = std::make_unique_for_overwrite<std::byte[]>(kBodyRead);
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t received_bytes = 0;
  Outcome outcome = Outcome::Done;
  while (!parser_->is_done()) {
    error_code error = beast::http::error::need_more;
    if (buffer_.size() > 0) {
      auto written = put_body(*request.body, error);
      if (!written) {
        refusal = context_.dispatcher.refuse(request, written.error());
        outcome = Outcome::Refused;
        break;
      }
      if (error == beast::http::error::need_buffer) error = {};
    }
    if (!error) continue;
    if (error != beast::http::error::need_more) {
      refusal = http::problem(400, "BAD_REQUEST", "the body is not framed as HTTP/1.1 says", request.id);
      outcome = Outcome::Refused;
      break;
    }
    connection_.expect(Phase::Reading,
                       begun + context_.timeouts.body + std::chrono::seconds(received_bytes / kSlowestBytesPerSecond));
    const std::size_t before = buffer_.size();
    outcome = co_await receive(kBodyRead);
    if (outcome == Outcome::Refused)
      refusal = http::problem(408, "REQUEST_TIMEOUT", "the body arrived too slowly", request.id);
    if (outcome != Outcome::Done) break;
    received_bytes += buffer_.size() - before;
  }
  chunk_.reset();
  if (buffer_.size() == 0) buffer_ = beast::flat_buffer();  // an idle connection keeps no body-sized buffer
  co_return outcome;
}

Awaitable<bool> Session::send(const http::Request& request, http::Response& response, bool keep_alive) {
  const WriteOptions options{
      .head_only = request.method == "HEAD", .keep_alive = keep_alive, .http_minor = http_minor()};
  co_return co_await write_response(connection_, request, response, options, context_.lanes.store);
}

// A header that is no HTTP, too long or too slow gets an answer, if anybody is there.
Awaitable<void> Session::refuse_malformed(Outcome outcome) {
  if (outcome == Outcome::Gone) co_return;
  const BeastHeaders headers(*parser_);
  http::Request request{.method = "GET", .target = "", .headers = headers};
  request.id = http::request_id_from({});
  http::Response response =
      connection_.timed_out
          ? http::problem(408, "REQUEST_TIMEOUT", "the header arrived too slowly", request.id)
          : http::problem(400, "BAD_REQUEST", "the request is not HTTP/1.1 or its header is over 16 KiB", request.id);
  const bool sent =
      co_await write_response(connection_, request, response, {.keep_alive = false}, context_.lanes.store);
  context_.dispatcher.completed(request, response, {});
  if (sent) co_await linger(connection_);
}

}  // namespace

Awaitable<void> serve_connection(Socket socket, SessionContext& context) {
  Session session(std::move(socket), context);
  co_await session.run();
}

}  // namespace tintype::transport
