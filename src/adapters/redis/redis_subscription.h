#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/redis/redis_url.h"
#include "base/log.h"

namespace tintype::redis {

class SubscriptionLoop;

// Receives what is published on one channel, on a connection and a thread of its own, and can say whether something
// that the messages keep fresh may be relied upon.
//
// Redis forgets what it publishes: what comes while there is no connection is lost. The listener is told of each such
// gap. Lost connections are made again, at once and then 50 ms times the number of failures apart, at most 2 s. A
// server that says nothing for `lost_after`, not even to a PING, is taken for lost.
//
// Thread safety: all methods may be called concurrently.
class RedisSubscription {
 public:
  // Called on the subscription's thread, one call at a time. Must not throw or destroy the subscription; while a call
  // lasts, nothing is current.
  struct Listener {
    virtual ~Listener() = default;
    // In the order in which they were published. The payload is borrowed for the call.
    virtual void message(std::string_view payload) = 0;
    // Messages may have been missed. At each loss, and before each time that connected turns true, the first included.
    virtual void gap() = 0;
  };
  struct Options {
    RedisUrl url;
    std::string ca_file = {};  // as RedisClient's
    std::string client_name = "tintype-events";
    std::string channel;
    std::chrono::milliseconds connect_timeout{200};  // for connection and handshake, and again for SUBSCRIBE
    std::chrono::milliseconds ping_every{1000};
    std::chrono::milliseconds lost_after{3000};  // more than ping_every
  };

  // Begins to connect. `listener` must outlive the subscription.
  RedisSubscription(Options options, Listener& listener, const Logger& log);
  // Waits for a call of the listener to end; there is none after it.
  ~RedisSubscription();
  RedisSubscription(const RedisSubscription&) = delete;
  RedisSubscription& operator=(const RedisSubscription&) = delete;

  // True if it is certain that every message that had reached this machine when it was called has been given to the
  // listener. One system call and no lock; false is always safe. Messages still under way are beyond its knowledge: a
  // server that hangs is noticed after `lost_after`.
  //
  // Ask first, then look into what the messages keep fresh. The other way round, a message might come between the two.
  //
  // Why that is so. The thread has three phases: no connection, waiting for the socket to be readable, and busy. It is
  // busy from before it reads until the listener has been given all that it read and the socket was seen empty. The
  // question is asked of the socket first (a peek that must say EAGAIN) and of the phase second (must be `waiting`).
  // A message that had arrived is, at the peek, either in the socket, and the peek finds it; or it has been taken out.
  // Then the thread had become busy before, and the phase, being asked later, is `waiting` only if it has since been
  // handed over. In the other order it could be taken out between the two questions and be missed by both. A part of a
  // message, or of a TLS record, that has been read is of a message that has not arrived.
  // If the connection is lost and made again between the questions, gap() has been called before the phase was
  // `waiting` again, which is the listener's cue to forget everything.
  //
  // The socket is looked at through a descriptor whose number is never closed nor used for anything else
  // (descriptor_slot.h), so it may be lost at any moment without a lock.
  bool is_current() const;
  // True from a confirmed subscription, and its gap(), until the loss is noticed.
  bool connected() const;

 private:
  std::unique_ptr<SubscriptionLoop> loop_;
};

}  // namespace tintype::redis
