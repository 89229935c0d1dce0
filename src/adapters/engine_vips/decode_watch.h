#pragma once

#include "adapters/engine_vips/vips_image.h"
#include "base/deadline.h"

namespace tintype {

// Stops every pipeline that starts at `source` once the deadline has passed. libvips asks between strips of lines, so a
// decoder that delivers nothing for long (progressive JPEG, WebP) is stopped only after it has: the bound that always
// holds is the death of the process (adapters/engine_worker).
class DecodeWatch {
 public:
  // Create it before anything is derived from `source`, which must outlive the watch.
  DecodeWatch(VipsImage* source, Deadline deadline);
  ~DecodeWatch();
  DecodeWatch(const DecodeWatch&) = delete;
  DecodeWatch& operator=(const DecodeWatch&) = delete;

 private:
  static void on_eval(VipsImage* image, VipsProgress* progress, const Deadline* deadline);

  VipsImage* source_;
  Deadline deadline_;
  gulong handler_;
};

}  // namespace tintype
