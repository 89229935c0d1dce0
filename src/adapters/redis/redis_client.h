#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_url.h"
#include "base/deadline.h"
#include "base/log.h"
#include "base/result.h"

namespace tintype::redis {

using Replies = Result<std::vector<Reply>>;  // one per command; a Reply may be an Error

class ClientLoop;

// A client of one Redis server, for what can be done without: when the server is not well, it says so at once.
//
// A few connections, opened by the first start() and kept; commands of all callers share them as pipelines. A
// connection counts once the server has answered AUTH, SELECT, CLIENT SETNAME and PING. All of it happens on one
// thread.
//
// Commands must be idempotent: those in flight when a connection is closed that had worked (had answered, or lasted for
// 50 ms) are sent again, at most twice and within their deadline, and wait for the next connection if it was the last.
// They must be answered by exactly one reply each, and at once: no SUBSCRIBE, MONITOR, CLIENT REPLY or blocking
// commands.
//
// A server that sends nothing for `stalled_after` while it owes replies is taken for hung: the connection is closed,
// its commands fail, and this counts as a failed connect. After one failed connect, commands are refused and not queued
// until there is a connection again; after three in a row the breaker is open, which only counts and logs differently.
// Attempts to connect go on by themselves, 50 ms times the number of failures apart, at most 2 s: each is the probe
// that decides. Failures are forgotten when a command has been answered, not already when a connection was made.
//
// Thread safety: all methods may be called concurrently.
class RedisClient {
 public:
  struct Options {
    RedisUrl url;
    std::string ca_file = {};                        // of PEM certificates, for TLS; empty: the system's
    std::string client_name = "tintype";             // without spaces; in CLIENT LIST
    int connections = 2;                             // at least 1
    std::chrono::milliseconds connect_timeout{200};  // name, TCP, TLS and handshake
    std::chrono::milliseconds stalled_after{100};    // also for the answer to the handshake
    std::size_t waiting = 4096;                      // calls of start() whose replies have not all come
  };

  RedisClient(Options options, const Logger& log);
  // Answers what is in flight with StoreUnavailable. Not on the client's own thread.
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // Sends the commands as one pipeline on one connection. What is started before another's `done` was called may
  // overtake it or be overtaken, as there are several connections.
  //
  // `done` is called exactly once: on the client's thread, or before start returns if the commands are refused. It must
  // not block, throw or destroy the client; it may call start. Errors: StoreUnavailable (no connection, or it was
  // lost), DeadlineExceeded (about a millisecond after the deadline at the latest; the commands may have been carried
  // out, as they may after StoreUnavailable), Overloaded (`waiting`).
  void start(const std::vector<Command>& commands, Deadline deadline, std::function<void(Replies)> done);
  // The same, blocking. Not on the client's own thread, so not in a `done`.
  Replies call(const std::vector<Command>& commands, Deadline deadline);

  enum class State {
    Idle,        // start() has not been called yet
    Connecting,  // the first time, or again after a connection that worked: commands wait for it
    Ready,       // at least one connection
    Backoff,     // one or two failures in a row: commands are refused
    Open,        // three or more, the breaker is open: commands are refused
  };
  State state() const;

  // Since the start, but for in_flight.
  struct Counts {
    std::uint64_t connections_opened = 0;  // up to an answered handshake
    std::uint64_t connect_failures = 0;    // and stalls
    std::uint64_t commands = 0;            // accepted by start(); not counted again when sent again
    std::uint64_t timeouts = 0;            // calls of start() that ended with DeadlineExceeded
    std::uint64_t retries = 0;             // calls of start() that were sent again, each time
    std::uint64_t refused = 0;             // calls of start() that were refused because of State or `waiting`
    std::size_t in_flight = 0;             // now, also those whose deadline has passed and whose replies are still owed
  };
  Counts counts() const;

 private:
  std::unique_ptr<ClientLoop> loop_;
};

}  // namespace tintype::redis
