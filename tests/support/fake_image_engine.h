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

  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline) override {
    std::vector<RenderedImage> rendered;
    for (const RenderSpec& spec : specs) rendered.push_back(picture(file, spec));
    return rendered;
  }

 private:
  RenderedImage picture(const EncodedImage& file, const RenderSpec& spec) const {
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

  const ImageHeader header_;
};

}  // namespace tintype::testing_support
