#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "adapters/aws/fields.h"
#include "base/error.h"

namespace tintype::aws {

struct HttpRequest {
  std::string method = "GET";
  std::string url;      // http or https; sent byte for byte, without normalising "..", "//" or escapes
  Fields headers = {};  // Content-Length is set by the client; no Content-Type is invented
  // Borrowed until the reply is there, or its PendingReply gone.
  std::span<const std::byte> body = {};
  // False: once the request has begun to leave, it is never sent again by itself, which libcurl would do when a reused
  // connection turns out to be dead.
  bool idempotent = true;
  std::size_t reply_limit = std::size_t{1} << 20;  // bytes of the body; a longer one is a failure
  bool direct = false;                             // never through a proxy: for metadata services of the machine
};

struct HttpReply {
  int status = 0;  // of the final answer, not of 100 Continue
  Fields headers = {};
  std::string body = {};
  bool is_of_second_sending = false;  // the first was lost with its connection, and may have been acted on
};

// Why there is no reply.
struct HttpFailure {
  enum class Reach {
    NotSent,         // nothing of the request has left: refused, not connected, no TLS
    MayHaveArrived,  // the server may have acted on it
  };
  Reach reach = Reach::NotSent;
  // Overloaded         at once: too many requests are under way;
  // DeadlineExceeded   the transfer was ended at the deadline;
  // StoreUnavailable   everything else.
  Error error;
  bool answered = false;  // a reply has begun to come: it was cut off, or longer than its limit
};

using HttpResult = tl::expected<HttpReply, HttpFailure>;

}  // namespace tintype::aws
