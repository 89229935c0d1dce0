#include "adapters/redis/subscription_loop.h"

#include <pthread.h>

#include <array>
#include <boost/asio/co_spawn.hpp>

namespace tintype::redis {
namespace {

constexpr std::size_t kReadSize = std::size_t{16} << 10;

tl::unexpected<Error> unavailable(std::string why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", std::move(why));
}

}  // namespace

SubscriptionLoop::SubscriptionLoop(RedisSubscription::Options options, RedisSubscription::Listener& listener,
                                   const Logger& log)
    : options_(std::move(options)),
      listener_(listener),
      log_(log),
      dialer_(context_, {.url = options_.url,
                         .ca_file = options_.ca_file,
                         .client_name = options_.client_name,
                         .connect_timeout = options_.connect_timeout,
                         .answer_timeout = options_.connect_timeout}) {
  asio::co_spawn(context_, stay_subscribed(), kRethrow);
  thread_ = std::thread([this] { context_.run(); });
  pthread_setname_np(thread_.native_handle(), "redis-events");
}

SubscriptionLoop::~SubscriptionLoop() {
  context_.stop();
  thread_.join();
  phase_ = Phase::Disconnected;
  slot_.clear();
}

Awaitable<void> SubscriptionLoop::stay_subscribed() {
  for (;;) {
    auto stream = co_await subscribe();
    if (stream) {
      const auto since = Deadline::Clock::now();
      const std::string why = co_await receive(std::move(*stream));
      if (Deadline::Clock::now() - since >= ReconnectSchedule::kStep) {
        schedule_.worked();
        last_complaint_.clear();
      } else {
        schedule_.failed();
      }
      complain(why);
    } else {
      schedule_.failed();
      complain(stream.error().detail);
    }
    Timer pause(context_, schedule_.delay());
    co_await pause.async_wait(kAwaitOutcome);
  }
}

void SubscriptionLoop::complain(const std::string& why) {
  if (std::exchange(last_complaint_, why) != why)
    log_.warn("events from redis are interrupted", {{"redis", describe(options_.url)}, {"error", why}});
}

// Messages may follow the confirmation in the same packet: the reader keeps them.
Awaitable<Result<std::shared_ptr<Stream>>> SubscriptionLoop::subscribe() {
  auto stream = co_await dialer_.dial();
  if (!stream) co_return stream;
  reader_ = std::make_unique<ReplyReader>();
  const auto limit = (*stream)->close_at(Deadline::after(options_.connect_timeout));
  const std::vector<Command> command{{"SUBSCRIBE", options_.channel}};
  auto replies = co_await exchange(**stream, *reader_, command);
  if (!replies) co_return fail(std::move(replies.error()));
  const Reply& confirmation = replies->front();
  if (confirmation.is_error()) co_return unavailable("redis refused SUBSCRIBE: " + confirmation.text.substr(0, 200));
  if (confirmation.elements.empty() || confirmation.elements.front().text != "subscribe")
    co_return unavailable("redis did not confirm SUBSCRIBE");
  co_return stream;
}

// Until the connection is lost; says why.
Awaitable<std::string> SubscriptionLoop::receive(std::shared_ptr<Stream> stream) {
  heard_at_ = Deadline::Clock::now();
  if (!last_complaint_.empty()) log_.info("events from redis flow again", {{"redis", describe(options_.url)}});
  asio::co_spawn(context_, ping(stream), kRethrow);
  listener_.gap();
  Result<void> taken = deliver();
  if (taken) taken = take_all(*stream);
  if (taken) slot_.set(stream->descriptor());
  while (taken) {
    phase_ = Phase::Waiting;
    const auto [error] = co_await stream->wait_readable();
    phase_ = Phase::Busy;
    taken = error ? unavailable(stream->is_open() ? error.message() : "no answer to PING") : take_all(*stream);
  }
  phase_ = Phase::Disconnected;
  slot_.clear();  // before the socket is closed, or it would not be
  stream->close();
  listener_.gap();
  co_return taken.error().detail;
}

// All that is there. Nothing of it is left in TLS when the socket has no more.
Result<void> SubscriptionLoop::take_all(Stream& stream) {
  std::array<char, kReadSize> buffer;
  for (;;) {
    const auto [error, size] = stream.read_now(buffer);
    if (error == asio::error::would_block) return {};
    if (error) return unavailable(error.message());
    heard_at_ = Deadline::Clock::now();
    if (auto fed = reader_->feed({buffer.data(), size}); !fed) return fed;
    if (auto delivered = deliver(); !delivered) return delivered;
  }
}

// What the reader has whole. Besides messages there are answers to PING.
Result<void> SubscriptionLoop::deliver() {
  for (;;) {
    auto next = reader_->next();
    if (!next) return fail(std::move(next.error()));
    if (!*next) return {};
    const Reply& reply = **next;
    if (reply.is_error()) return unavailable("redis: " + reply.text.substr(0, 200));
    const auto& elements = reply.elements;
    if (elements.size() == 3 && elements[0].text == "message") listener_.message(elements[2].text);
  }
}

// Beside receive. Ends, at its next turn, when the connection is closed.
Awaitable<void> SubscriptionLoop::ping(std::shared_ptr<Stream> stream) {
  std::string bytes;
  append_command({"PING"}, bytes);
  Timer pause(context_);
  for (;;) {
    pause.expires_after(options_.ping_every);
    co_await pause.async_wait(kAwaitOutcome);
    if (!stream->is_open()) co_return;
    const bool is_silent = Deadline::Clock::now() - heard_at_ >= options_.lost_after && !stream->is_readable();
    if (!is_silent && !stream->write_now(bytes)) continue;
    slot_.clear();
    stream->close();
    co_return;
  }
}

}  // namespace tintype::redis
