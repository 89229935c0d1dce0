#include "worker/warm_up.h"

#include <array>

#include "worker/warm_up_sample.h"

namespace tintype::worker {

bool warm_up(ImageEngine& engine) {
  const RenderSpec main{.width = 96, .height = 96, .quality = 85, .placeholder = true};
  const RenderSpec thumbnail{.fit = RenderSpec::Fit::Cover, .width = 64, .height = 64};
  const auto sample = warm_up_sample();
  const auto never = Deadline::never();
  return engine.probe(sample, never) && engine.render_all(sample, std::array{main, thumbnail}, never);
}

}  // namespace tintype::worker
