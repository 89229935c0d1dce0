#include "adapters/redis/connection.h"

#include <boost/asio/co_spawn.hpp>

#include "adapters/redis/reconnect_schedule.h"

namespace tintype::redis {
namespace {

// Of one read. hiredis moves what is left of its buffer after each kilobyte of replies, so more is not better.
constexpr std::size_t kReadSize = std::size_t{32} << 10;
// A write takes no further operation once it has so much, so that it is not held twice in memory without bound.
constexpr std::size_t kWriteSize = std::size_t{1} << 20;

}  // namespace

Connection::Connection(asio::io_context& context, std::shared_ptr<Stream> stream, Owner& owner)
    : context_(context), stream_(std::move(stream)), owner_(owner) {}

void Connection::start() {
  asio::co_spawn(context_, [self = shared_from_this()] { return self->read(); }, kRethrow);
}

void Connection::add(std::unique_ptr<Operation> operation) {
  if (outstanding_.empty()) quiet_since_ = Deadline::Clock::now();
  outstanding_.push_back(std::move(operation));
  ++unsent_;
}

void Connection::flush() {
  if (writing_ || ended_ || unsent_ == 0) return;
  writing_ = true;
  asio::co_spawn(context_, [self = shared_from_this()] { return self->write(); }, kRethrow);
}

void Connection::end(Loss loss, const std::string& why) {
  if (ended_) return;
  ended_ = true;
  unsent_ = 0;
  stream_->close();
  owner_.lost(*this, loss, why, std::exchange(outstanding_, {}));
}

bool Connection::has_worked() const {
  return has_answered_ || Deadline::Clock::now() - opened_at_ >= ReconnectSchedule::kStep;
}

Awaitable<void> Connection::write() {
  std::string bytes;
  while (unsent_ > 0) {
    bytes.clear();
    while (unsent_ > 0 && bytes.size() < kWriteSize) bytes += outstanding_[outstanding_.size() - unsent_--]->bytes;
    const auto [error, written] = co_await stream_->write(bytes);
    if (error) {
      end(Loss::Closed, error.message());
      break;
    }
  }
  writing_ = false;
}

Awaitable<void> Connection::read() {
  std::vector<char> buffer(kReadSize);
  while (!ended_) {
    const auto [error, size] = co_await stream_->read_some(buffer);
    if (error) {
      end(Loss::Closed, error.message());
      break;
    }
    quiet_since_ = Deadline::Clock::now();
    if (auto taken = take_replies({buffer.data(), size}); !taken) end(Loss::Broken, taken.error().detail);
  }
}

Result<void> Connection::take_replies(std::string_view bytes) {
  if (auto fed = reader_.feed(bytes); !fed) return fed;
  for (;;) {
    auto next = reader_.next();
    if (!next) return fail(std::move(next.error()));
    if (!*next) return {};
    if (auto taken = take(std::move(**next)); !taken) return taken;
  }
}

Result<void> Connection::take(Reply reply) {
  if (outstanding_.size() == unsent_)
    return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later",
                "redis sent a reply to nothing: " + reply.text.substr(0, 100));
  has_answered_ = true;
  Operation& operation = *outstanding_.front();
  if (operation.is_answered()) {
    ++operation.dropped;
  } else {
    operation.replies.push_back(std::move(reply));
  }
  if (!operation.has_all_replies()) return {};
  auto complete = std::move(outstanding_.front());
  outstanding_.pop_front();
  owner_.replied(std::move(complete));
  return {};
}

}  // namespace tintype::redis
