#pragma once

#include <memory>
#include <string>

#include "config/settings.h"
#include "http/dispatcher.h"
#include "http/json_renderer.h"
#include "http/system_handlers.h"
#include "transport/lanes.h"

namespace tintype {

// How tokens are checked and signed, with the generated secret if none is configured (its directory is made if need
// be).
Result<http::JwtPolicy> jwt_policy(const config::Settings& settings);

// Every object of a running service, built from its settings, in the order in which they need each other.
class Composition {
 public:
  // Opens the stores. Error: the message says what to do about it.
  static Result<std::unique_ptr<Composition>> build(const config::Settings& settings, MetricsRegistry& metrics,
                                                    const Logger& log);
  ~Composition();

  http::Dispatcher& dispatcher();
  http::JsonRenderer& renderer();
  http::SystemHandlers& system();
  transport::Lanes lanes();
  // Takes no more jobs, and waits for those under way. To be called once, if at all.
  void stop_jobs(Deadline deadline);
  // Writes what has been counted and not yet written for CloudWatch, if the settings want that. To be called at the
  // end.
  void write_last_numbers();
  // Waits until what makes pictures is warm; false if it is not by `deadline`. Error: it never will be; the message
  // says what to do about it.
  Result<bool> wait_until_warm(Deadline deadline);

 private:
  struct Parts;
  explicit Composition(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tintype
