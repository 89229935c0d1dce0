// What every ImageEngine must do. The suite is spread over the image_engine_*.cpp beside this; an adapter registers a
// factory in image_engine_contract.cpp and runs all of it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "ports/image_engine.h"
#include "tests/support/test_images.h"
#include "tests/support/webp_file.h"

namespace tintype {

struct EngineFactory {
  std::string name;
  std::function<std::unique_ptr<ImageEngine>()> make;
};

class ImageEngineContract : public testing::TestWithParam<EngineFactory> {
 protected:
  using ImageBytes = testing_support::ImageBytes;
  using TestImage = testing_support::TestImage;

  static Deadline patience() { return Deadline::after(std::chrono::seconds(60)); }
  static RenderSpec inside(int edge) { return {.width = edge, .height = edge, .quality = 90}; }
  static RenderSpec as_is() { return inside(0); }
  static RenderSpec thumbnail() {
    return {.fit = RenderSpec::Fit::Cover, .width = kThumbnailEdge, .height = kThumbnailEdge, .quality = 90};
  }

  // An empty picture and a failed test if the engine refuses.
  RenderedImage render(const ImageBytes& file, const RenderSpec& spec) {
    auto rendered = engine_->render(file, spec, patience());
    if (!rendered) {
      ADD_FAILURE() << to_string(rendered.error());
      return {};
    }
    return std::move(*rendered);
  }
  testing_support::DecodedWebp picture(const ImageBytes& file, const RenderSpec& spec) {
    return testing_support::decode_webp(render(file, spec).bytes);
  }
  ErrorCode render_error(const ImageBytes& file, const RenderSpec& spec, Deadline deadline = patience()) {
    const auto rendered = engine_->render(file, spec, deadline);
    if (rendered) {
      ADD_FAILURE() << "rendered " << rendered->width << " x " << rendered->height;
      return ErrorCode::Internal;
    }
    return rendered.error().code;
  }

  const std::unique_ptr<ImageEngine> engine_ = GetParam().make();
};

}  // namespace tintype
