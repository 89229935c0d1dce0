#pragma once

#include <optional>
#include <vector>

#include "base/log.h"
#include "http/authenticator.h"
#include "http/http_metrics.h"
#include "http/image_metrics.h"
#include "http/request.h"
#include "http/response.h"
#include "http/routes.h"
#include "http/upload_body.h"

namespace tintype::http {

struct DispatchPolicy {
  UploadLimits upload;
  bool blobs_need_owner = false;
  std::chrono::milliseconds request_timeout{30'000};
};

// Takes a request from its header to its response, in steps, so that the transport reads a body only for a request
// that may succeed: admit() on the I/O thread, then the body into request.body, received(), and handle() on the route's
// lane.
//
// Thread safety: all methods may be called concurrently.
class Dispatcher {
 public:
  Dispatcher(std::vector<Route> routes, Authenticator authenticator, DispatchPolicy policy, MetricsRegistry& metrics,
             const Logger& log)
      : routes_(std::move(routes)),
        authenticator_(std::move(authenticator)),
        policy_(std::move(policy)),
        metrics_(metrics, routes_),
        image_metrics_(metrics),
        log_(log) {}

  // Decides from the header alone; never blocks. A response if the request ends here: no such path, no valid token, a
  // body that is declared too large, or an answer that needs no store. Otherwise request.route, .body and the rest are
  // set.
  std::optional<Response> admit(Request& request);

  // The body is complete: checks it, and starts the time within which the request must be handled, waiting for a thread
  // included. A response if the request ends here.
  std::optional<Response> received(Request& request);

  // Runs the route's handler. Never throws: what escapes a handler is logged and becomes a 500.
  Response handle(Request& request);

  // Turns an error that the body ran into, or a full lane, into the answer.
  Response refuse(const Request& request, const Error& error);

  // Counts and logs what has been sent, or begun: of a stream, `took` ends with the head. What the client wanted to
  // wait for does not count as our time. Reads that went well are logged at level debug, everything else at info.
  void completed(const Request& request, const Response& response, std::chrono::steady_clock::duration took);

  prometheus::Gauge& in_flight() { return metrics_.in_flight(); }

 private:
  std::optional<Response> admit_matched(Request& request);
  std::optional<Response> authenticate(Request& request);
  std::optional<Response> prepare_body(Request& request);

  const std::vector<Route> routes_;
  const Authenticator authenticator_;
  const DispatchPolicy policy_;
  HttpMetrics metrics_;
  ImageMetrics image_metrics_;
  const Logger& log_;
};

}  // namespace tintype::http
