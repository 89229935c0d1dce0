#include "adapters/redis/redis_client.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "adapters/redis/client_loop.h"
#include "adapters/redis/redis_codec.h"

namespace tintype::redis {

RedisClient::RedisClient(Options options, const Logger& log)
    : loop_(std::make_unique<ClientLoop>(std::move(options), log)) {}

RedisClient::~RedisClient() = default;

void RedisClient::start(const std::vector<Command>& commands, Deadline deadline, std::function<void(Replies)> done) {
  if (commands.empty()) {
    done(std::vector<Reply>{});
    return;
  }
  if (auto checked = loop_->check(deadline); !checked) {
    done(fail(std::move(checked.error())));
    return;
  }
  auto operation = std::make_unique<Operation>();
  for (const Command& command : commands) append_command(command, operation->bytes);
  operation->commands = commands.size();
  operation->deadline = deadline;
  operation->done = std::move(done);
  loop_->submit(std::move(operation));
}

Replies RedisClient::call(const std::vector<Command>& commands, Deadline deadline) {
  if (loop_->is_own_thread()) std::abort();  // it would wait for itself
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Replies> answer;
  start(commands, deadline, [&](Replies replies) {
    // Told under the lock: the waiting thread destroys all three as soon as it sees the answer.
    const std::lock_guard lock(mutex);
    answer = std::move(replies);
    answered.notify_one();
  });
  std::unique_lock lock(mutex);
  answered.wait(lock, [&answer] { return answer.has_value(); });
  return std::move(*answer);
}

RedisClient::State RedisClient::state() const {
  return loop_->state();
}

RedisClient::Counts RedisClient::counts() const {
  return loop_->counts();
}

}  // namespace tintype::redis
