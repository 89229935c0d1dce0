#pragma once

#include <functional>
#include <string_view>

#include "ports/image_engine.h"

namespace tintype {

// Told how long a stage of the work took: "probe", "decode" (with resize and colour), "placeholder", "encode". Called
// on the thread that called the engine, also when the stage failed.
using StageObserver = std::function<void(std::string_view stage, double seconds)>;

// The ImageEngine in this process: libvips for pixels, libwebp for the output. Stateless but for libvips itself, which
// is set up on construction (vips_runtime.h says what must come before).
class VipsEngine final : public ImageEngine {
 public:
  explicit VipsEngine(StageObserver observer = {});

  Result<ImageHeader> probe(std::span<const std::byte> file, Deadline deadline) override;
  Result<RenderedImage> render(std::span<const std::byte> file, const RenderSpec& spec, Deadline deadline) override;

 private:
  StageObserver observer_;
};

}  // namespace tintype
