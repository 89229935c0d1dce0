#pragma once

#include <gmock/gmock.h>
#include <sys/mman.h>

#include <string>

#include "adapters/redis/redis_client.h"
#include "base/unique_fd.h"
#include "tests/support/process_tree.h"
#include "tests/support/redis_process.h"

namespace tintype::redis {

using State = RedisClient::State;
using std::chrono::milliseconds;
using testing_support::eventually;
using testing_support::RedisProcess;

inline Deadline soon() {
  return Deadline::after(std::chrono::seconds(10));
}

inline RedisUrl url_of(const std::string& text) {
  return parse_redis_url(text).value();
}

// Where a client writes its log, so that a test can read it.
class LogFile {
 public:
  const Logger& log() const { return log_; }
  std::string text() const {
    std::string text(65536, '\0');
    const ssize_t size = ::pread(file_.get(), text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }

 private:
  UniqueFd file_{::memfd_create("log", MFD_CLOEXEC)};
  Logger log_{LogLevel::Info, file_.get()};
};

// Patient enough for a sanitizer on a loaded machine; tests of the times themselves set their own.
inline RedisClient::Options patient(const std::string& url) {
  return {.url = url_of(url),
          .connect_timeout = std::chrono::seconds(5),
          .stalled_after = std::chrono::seconds(5),
          .waiting = 20'000};
}

// The reply to one command, or an Error with the text of what went wrong.
inline Reply ask(RedisClient& client, Command command, Deadline deadline = soon()) {
  auto replies = client.call({std::move(command)}, deadline);
  if (!replies) return {.type = Reply::Type::Error, .text = to_string(replies.error())};
  return std::move(replies->front());
}

inline std::string text_of(RedisClient& client, Command command) {
  return ask(client, std::move(command)).text;
}

}  // namespace tintype::redis
