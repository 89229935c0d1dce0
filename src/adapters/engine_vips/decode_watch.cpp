#include "adapters/engine_vips/decode_watch.h"

namespace tintype {

DecodeWatch::DecodeWatch(VipsImage* source, Deadline deadline) : source_(source), deadline_(deadline) {
  vips_image_set_progress(source_, TRUE);
  handler_ = g_signal_connect(source_, "eval", G_CALLBACK(on_eval), &deadline_);
}

DecodeWatch::~DecodeWatch() {
  g_signal_handler_disconnect(source_, handler_);
}

void DecodeWatch::on_eval(VipsImage* image, VipsProgress*, const Deadline* deadline) {
  if (deadline->expired()) vips_image_set_kill(image, TRUE);
}

}  // namespace tintype
