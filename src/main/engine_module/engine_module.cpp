#include "main/engine_module/engine_module.h"

#include "adapters/engine_vips/vips_engine.h"
#include "adapters/engine_vips/vips_runtime.h"

extern "C" {

[[gnu::visibility("default")]] extern const char tintype_engine_version[] = TINTYPE_VERSION;

[[gnu::visibility("default")]] tintype::ImageEngine* tintype_make_engine(tintype::StageObserver observer) {
  tintype::hide_vips_modules();
  return std::make_unique<tintype::VipsEngine>(std::move(observer)).release();
}
}
