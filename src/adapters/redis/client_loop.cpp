// DESIGN
// Callers put operations into a list under a mutex and post one wake-up for all that gather there until the thread
// looks; everything else belongs to the thread and has no locks. What is refused, is refused on the caller's thread,
// from an atomic state. Rejected: one loop per I/O thread of the service, which saves the hand-over but multiplies
// connections, and with them what has to be noticed when the server hangs; hiredis' own asynchronous client, which has
// no time-outs, no TLS and no reconnect in 0.14, and was measured slower (ADR 0022).
//
// This file is about operations; client_connections.cpp about connections; client_deadlines.cpp about time.
#include "adapters/redis/client_loop.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace tintype::redis {
namespace {

constexpr const char* kStopping = "the client is stopping";

tl::unexpected<Error> unavailable(std::string why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", std::move(why));
}

}  // namespace

ClientLoop::ClientLoop(RedisClient::Options options, const Logger& log)
    : options_(std::move(options)),
      log_(log),
      dialer_(context_, {.url = options_.url,
                         .ca_file = options_.ca_file,
                         .client_name = options_.client_name,
                         .connect_timeout = options_.connect_timeout,
                         .answer_timeout = options_.stalled_after}),
      thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "redis");
}

ClientLoop::~ClientLoop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  context_.stop();
  thread_.join();
}

void ClientLoop::run() {
  context_.run();
  // Who is told may want to start something more, which is refused.
  const auto connections = connections_;  // ending one changes the list
  for (const auto& connection : connections) connection->end(Connection::Loss::Dropped, kStopping);
  answer_all(std::exchange(waiting_, {}), kStopping);
  Operations submitted;
  {
    const std::lock_guard lock(mutex_);
    submitted.swap(submitted_);
  }
  answer_all(std::move(submitted), kStopping);
}

RedisClient::Counts ClientLoop::counts() const {
  return {.connections_opened = connections_opened_,
          .connect_failures = connect_failures_,
          .commands = commands_,
          .timeouts = timeouts_,
          .retries = retries_,
          .refused = refused_,
          .in_flight = in_flight_};
}

Result<void> ClientLoop::check(Deadline deadline) {
  if (deadline.expired()) {
    ++timeouts_;
    return fail(ErrorCode::DeadlineExceeded, "the store did not answer in time",
                "redis: the deadline had passed before");
  }
  if (refuses()) {
    ++refused_;
    return unavailable("redis: not connected");
  }
  return {};
}

void ClientLoop::submit(std::unique_ptr<Operation> operation) {
  auto admitted = admit(operation);
  if (admitted) return;
  ++refused_;
  operation->answer(fail(std::move(admitted.error())));
}

// Takes the operation only if it succeeds.
Result<void> ClientLoop::admit(std::unique_ptr<Operation>& operation) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return unavailable(kStopping);
  if (in_flight_ >= options_.waiting)
    return fail(ErrorCode::Overloaded, "too many requests to the store; try again later", "redis: the queue is full");
  ++in_flight_;
  submitted_.push_back(std::move(operation));
  if (!started_) {
    started_ = true;
    set_state(RedisClient::State::Connecting);
    asio::co_spawn(context_, keep_connected(), kRethrow);
  }
  if (!std::exchange(take_is_posted_, true)) asio::post(context_, [this] { take_submitted(); });
  return {};
}

void ClientLoop::take_submitted() {
  Operations submitted;
  {
    const std::lock_guard lock(mutex_);
    submitted.swap(submitted_);
    take_is_posted_ = false;
  }
  for (auto& operation : submitted) {
    commands_ += operation->commands;
    index(*operation);
    place(std::move(operation));
  }
  flush();
}

// On a connection, into the line for one, or back.
void ClientLoop::place(std::unique_ptr<Operation> operation) {
  Connection* const connection = least_busy();
  if (connection != nullptr) {
    ++operation->sends;
    connection->add(std::move(operation));
  } else if (refuses()) {
    ++refused_;
    answer(std::move(operation), unavailable("redis: " + last_complaint_));
  } else {
    waiting_.push_back(std::move(operation));
  }
}

Connection* ClientLoop::least_busy() const {
  const auto least = std::ranges::min_element(connections_, {}, [](const auto& one) { return one->outstanding(); });
  return least == connections_.end() ? nullptr : least->get();
}

void ClientLoop::flush() {
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->flush();
  arm_timer();
}

void ClientLoop::answer(std::unique_ptr<Operation> operation, Replies result) {
  unindex(*operation);
  --in_flight_;
  operation->answer(std::move(result));
}

void ClientLoop::answer_all(Operations operations, const std::string& why) {
  for (auto& operation : operations) answer(std::move(operation), unavailable("redis: " + why));
}

void ClientLoop::replied(std::unique_ptr<Operation> operation) {
  schedule_.worked();
  last_complaint_.clear();
  if (std::exchange(is_said_away_, false)) log_.info("redis is back", {{"redis", describe(options_.url)}});
  Replies replies = std::move(operation->replies);
  answer(std::move(operation), std::move(replies));
}

}  // namespace tintype::redis
