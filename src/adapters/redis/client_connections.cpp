#include <algorithm>

#include "adapters/redis/client_loop.h"

namespace tintype::redis {
namespace {

constexpr int kMostSends = 3;

}  // namespace

bool ClientLoop::refuses() const {
  const RedisClient::State state = state_;
  return state == RedisClient::State::Backoff || state == RedisClient::State::Open;
}

void ClientLoop::set_state(RedisClient::State state) {
  state_ = state;
  if (state == RedisClient::State::Open && !std::exchange(is_said_away_, true))
    log_.warn("redis stays away; doing without it until it is back", {{"redis", describe(options_.url)}});
}

// One attempt at a time, whichever connections are missing.
Awaitable<void> ClientLoop::keep_connected() {
  for (;;) {
    const bool is_complete = std::cmp_greater_equal(connections_.size(), options_.connections);
    const TimePoint until = is_complete ? TimePoint::max() : next_attempt_;
    if (until > Deadline::Clock::now()) {
      connect_again_.expires_at(until);
      co_await connect_again_.async_wait(kAwaitOutcome);
      continue;
    }
    auto stream = co_await dialer_.dial();
    if (stream) {
      connected(std::move(*stream));
    } else {
      not_connected(stream.error());
    }
  }
}

void ClientLoop::connected(std::shared_ptr<Stream> stream) {
  ++connections_opened_;
  Connection::Owner& owner = *this;
  connections_.push_back(std::make_shared<Connection>(context_, std::move(stream), owner));
  connections_.back()->start();
  set_state(RedisClient::State::Ready);
  for (auto& operation : std::exchange(waiting_, {})) {
    if (operation->is_answered()) {
      answer(std::move(operation), {});
    } else {
      place(std::move(operation));
    }
  }
  flush();
}

void ClientLoop::not_connected(const Error& error) {
  count_failure(error.detail);
  if (connections_.empty()) give_up(error.detail);
}

// From here on commands are refused.
void ClientLoop::give_up(const std::string& why) {
  set_state(schedule_.is_open() ? RedisClient::State::Open : RedisClient::State::Backoff);
  answer_all(std::exchange(waiting_, {}), why);
}

void ClientLoop::count_failure(const std::string& why) {
  ++connect_failures_;
  schedule_.failed();
  next_attempt_ = Deadline::Clock::now() + schedule_.delay();
  connect_again_.cancel();
  if (std::exchange(last_complaint_, why) != why)
    log_.warn("redis is not available", {{"redis", describe(options_.url)}, {"error", why}});
}

void ClientLoop::lost(Connection& connection, Connection::Loss loss, const std::string& why, Operations unanswered) {
  const bool had_worked = connection.has_worked();
  std::erase_if(connections_, [&connection](const auto& one) { return one.get() == &connection; });
  if (loss == Connection::Loss::Dropped) {
    answer_all(std::move(unanswered), why);
    return;
  }
  if (loss == Connection::Loss::Closed && had_worked) {
    schedule_.worked();
    next_attempt_ = TimePoint::min();
    connect_again_.cancel();
    last_complaint_.clear();
    if (connections_.empty()) set_state(RedisClient::State::Connecting);
  } else {
    count_failure(why);
    // Commands that wait because another has just been closed, which had worked, go on waiting for the next attempt.
    const bool is_awaited = loss == Connection::Loss::Closed && state_ == RedisClient::State::Connecting;
    if (connections_.empty() && !is_awaited) give_up(why);
  }
  if (loss == Connection::Loss::Closed) {
    send_again(std::move(unanswered));
  } else {
    answer_all(std::move(unanswered), why);
  }
}

// Keeps their order. Where there is no connection to wait for, place answers them.
void ClientLoop::send_again(Operations unanswered) {
  for (auto& operation : unanswered) {
    if (operation->is_answered()) {
      answer(std::move(operation), {});
    } else if (operation->sends >= kMostSends) {
      answer(std::move(operation), fail(ErrorCode::StoreUnavailable, "the store is not available; try again later",
                                        "redis closes connections without an answer"));
    } else {
      ++retries_;
      operation->replies.clear();
      place(std::move(operation));
    }
  }
  flush();
}

}  // namespace tintype::redis
