#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/redis/connection.h"
#include "adapters/redis/dialer.h"
#include "adapters/redis/operation.h"
#include "adapters/redis/reconnect_schedule.h"
#include "adapters/redis/redis_client.h"

namespace tintype::redis {

// The thread of a RedisClient, and all that happens on it.
//
// Thread safety: the public methods may be called concurrently; the rest is the thread's.
class ClientLoop final : private Connection::Owner {
 public:
  ClientLoop(RedisClient::Options options, const Logger& log);
  ~ClientLoop() override;
  ClientLoop(const ClientLoop&) = delete;
  ClientLoop& operator=(const ClientLoop&) = delete;

  // Why nothing can be submitted now; asked first, because it costs less than to make an operation.
  Result<void> check(Deadline deadline);
  void submit(std::unique_ptr<Operation> operation);
  RedisClient::State state() const { return state_; }
  RedisClient::Counts counts() const;
  bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  using Operations = Connection::Operations;
  using TimePoint = Deadline::Clock::time_point;

  void run();

  // What callers have submitted, and where it goes.
  Result<void> admit(std::unique_ptr<Operation>& operation);
  void take_submitted();
  void place(std::unique_ptr<Operation> operation);
  Connection* least_busy() const;
  void flush();
  void answer(std::unique_ptr<Operation> operation, Replies result);
  void answer_all(Operations operations, const std::string& why);
  void replied(std::unique_ptr<Operation> operation) override;

  // Connections, and when there is none.
  Awaitable<void> keep_connected();
  void connected(std::shared_ptr<Stream> stream);
  void not_connected(const Error& error);
  void lost(Connection& connection, Connection::Loss loss, const std::string& why, Operations unanswered) override;
  void count_failure(const std::string& why);
  void give_up(const std::string& why);
  void send_again(Operations unanswered);
  bool refuses() const;
  void set_state(RedisClient::State state);

  // Deadlines and stalls.
  void index(Operation& operation);
  void unindex(Operation& operation);
  TimePoint next_event() const;
  void arm_timer();
  void on_timer();
  void end_overdue(TimePoint now);
  void end_stalled(TimePoint now);

  const RedisClient::Options options_;
  const Logger& log_;

  mutable std::mutex mutex_;
  Operations submitted_;         // guarded by mutex_, as are the three below
  bool take_is_posted_ = false;  // the thread knows already that there is something
  bool started_ = false;
  bool stopping_ = false;

  std::atomic<RedisClient::State> state_{RedisClient::State::Idle};
  std::atomic<std::size_t> in_flight_{0};
  std::atomic<std::uint64_t> connections_opened_{0};
  std::atomic<std::uint64_t> connect_failures_{0};
  std::atomic<std::uint64_t> commands_{0};
  std::atomic<std::uint64_t> timeouts_{0};
  std::atomic<std::uint64_t> retries_{0};
  std::atomic<std::uint64_t> refused_{0};

  // From here on: the thread's. The context comes first, as the others are made with it, but for what its coroutines
  // still have when it goes.
  DeadlineIndex deadlines_;
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  Dialer dialer_;
  ReconnectSchedule schedule_;
  TimePoint next_attempt_ = TimePoint::min();
  Timer connect_again_{context_, TimePoint::max()};
  std::vector<std::shared_ptr<Connection>> connections_;  // shared with their own coroutines
  Operations waiting_;                                    // for a connection
  Timer timer_{context_};
  TimePoint timer_at_ = TimePoint::max();
  std::string last_complaint_;  // logged, and not to be said again until a command has been answered
  bool is_said_away_ = false;   // so is this

  std::thread thread_;
};

}  // namespace tintype::redis
