#pragma once

#include "ports/image_engine.h"

namespace tintype {

// The ImageEngine in this process: libvips for pixels, libwebp for the output. Stateless but for libvips itself, which
// is set up on construction (vips_runtime.h says what must come before).
class VipsEngine final : public ImageEngine {
 public:
  explicit VipsEngine(StageObserver observer = {});

  Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) override;
  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline deadline) override;

 private:
  StageObserver observer_;
};

}  // namespace tintype
