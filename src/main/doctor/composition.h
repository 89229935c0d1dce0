#pragma once

#include <memory>
#include <vector>

#include "config/settings.h"
#include "service/diagnosis.h"

namespace tintype {

// What the checks of an installation stand on. Makes nothing and asks nobody before they run.
class Installation {
 public:
  // Error: the message says which setting is missing or wrong.
  static Result<std::unique_ptr<Installation>> of(const config::Settings& settings);
  ~Installation();

  // Those of all that these settings use, in the order in which they need each other. An adapter that is added brings
  // an area of its own, and is added to the list in the .cpp. They must not outlive this.
  std::vector<CheckArea> checks();

 private:
  struct Parts;
  explicit Installation(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tintype
