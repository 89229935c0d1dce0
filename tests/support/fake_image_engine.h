#pragma once

#include <string>

#include "base/text.h"
#include "ports/image_engine.h"

namespace tintype::testing_support {

// An engine without pixels: every file is the picture that `header` describes, and what it renders is a text that says
// so. Immutable after construction.
class FakeImageEngine final : public ImageEngine {
 public:
  explicit FakeImageEngine(ImageHeader header = {.width = 4000, .height = 3000, .bands = 3}) : header_(header) {}

  Result<ProbedImage> probe(const EncodedImage&, Deadline) override { return ProbedImage{.header = header_}; }

  Result<RenderedImage> render(const EncodedImage& file, const RenderSpec& spec, Deadline) override {
    const Size size = output_size(spec, {header_.upright_width(), header_.upright_height()});
    const std::string text =
        std::string(as_text(file.bytes)) + ' ' + std::to_string(size.width) + 'x' + std::to_string(size.height);
    RenderedImage image;
    image.bytes.assign(as_bytes(text).begin(), as_bytes(text).end());
    image.width = size.width;
    image.height = size.height;
    if (spec.placeholder) image.thumb_hash = {std::byte{1}, std::byte{2}};
    return image;
  }

 private:
  const ImageHeader header_;
};

}  // namespace tintype::testing_support
