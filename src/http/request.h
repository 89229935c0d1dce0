#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/user_id.h"

namespace tintype::http {

// The header fields of a request, wherever the transport keeps them.
class Headers {
 public:
  virtual ~Headers() = default;
  // The value of the first field with this name, in any case; empty if there is none.
  virtual std::string_view get(std::string_view name) const = 0;
};

// Where a request's body goes while it arrives.
class RequestBody {
 public:
  virtual ~RequestBody() = default;
  // An error ends the request at once; the rest of the body is not read.
  virtual Result<void> write(std::span<const std::byte> bytes) = 0;
  // The body is complete.
  virtual Result<void> finish() = 0;
};

struct Parameter {
  std::string name;
  std::string value;
};

struct Route;

// One request, as handlers see it. Lives until its response has been sent.
struct Request {
  std::string_view method;
  std::string_view target;  // as sent: path and query, still encoded
  const Headers& headers;
  std::optional<std::uint64_t> content_length = {};  // absent also for chunked bodies
  bool has_body = false;

  // Filled in by Dispatcher::admit.
  const Route* route = nullptr;
  std::string id = {};                     // X-Request-Id
  std::string captured = {};               // what {…} in the route's path matched, decoded
  std::vector<Parameter> query = {};       // decoded
  std::optional<UserId> user = {};         // if the route needs one
  std::unique_ptr<RequestBody> body = {};  // if the route takes one
  Deadline deadline = Deadline::never();   // for handling, from when the body is complete
  // Set when the handler is asked again (Response::later): how long that took.
  std::optional<std::chrono::steady_clock::duration> waited = {};

  // The first query parameter with this name.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

}  // namespace tintype::http
