#include "adapters/engine_vips/vips_engine.h"

#include <chrono>
#include <utility>

#include "adapters/engine_vips/image_file.h"
#include "adapters/engine_vips/picture.h"
#include "adapters/engine_vips/vips_runtime.h"
#include "adapters/engine_vips/webp_encoder.h"

namespace tintype {
namespace {

// Observes the time from its construction to its destruction.
class Stage {
 public:
  Stage(const StageObserver& observer, std::string_view name)
      : observer_(observer), name_(name), start_(std::chrono::steady_clock::now()) {}
  ~Stage() {
    if (!observer_) return;
    observer_(name_, std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

 private:
  const StageObserver& observer_;
  std::string_view name_;
  std::chrono::steady_clock::time_point start_;
};

Result<ImageFormat> format_of(std::span<const std::byte> file) {
  const auto format = detect_format(file);
  if (!format) return fail(ErrorCode::InvalidFileType, "the file is not a JPEG, PNG or WebP image");
  return *format;
}

// When time is up, whatever a library says went wrong is the kill we asked for.
Error with_deadline(Error error, Deadline deadline) {
  const bool could_be_kill = error.code == ErrorCode::ImageUndecodable || error.code == ErrorCode::DeadlineExceeded;
  if (!could_be_kill || !deadline.expired()) return error;
  return {ErrorCode::ImageUndecodable, "the image took too long to process", std::move(error.detail), {}};
}

Result<std::vector<Picture>> decode(std::span<const std::byte> file, std::span<const RenderSpec> specs,
                                    Deadline deadline, const StageObserver& observer) {
  const auto format = format_of(file);
  if (!format) return fail(format.error());
  const Stage stage(observer, "decode");
  std::vector<Picture> pictures;
  for (const RenderSpec& spec : specs) {
    if (!pictures.empty()) {
      auto scaled = pictures.front().scaled(spec, deadline);
      if (!scaled) return fail(std::move(scaled.error()));
      if (*scaled) {
        pictures.push_back(std::move(**scaled));
        continue;
      }
    }
    auto decoded = Picture::decode(file, *format, spec, deadline);
    if (!decoded) return fail(std::move(decoded.error()));
    pictures.push_back(std::move(*decoded));
  }
  return pictures;
}

Result<RenderedImage> encode(Picture picture, const RenderSpec& spec, Deadline deadline,
                             const StageObserver& observer) {
  RenderedImage rendered;
  rendered.width = picture.size().width;
  rendered.height = picture.size().height;
  if (spec.placeholder) {
    const Stage stage(observer, "placeholder");
    rendered.thumb_hash = picture.thumb_hash();
  }
  const Stage stage(observer, "encode");
  auto encoder = std::move(picture).encoder();
  if (!encoder) return fail(std::move(encoder.error()));
  auto bytes = encoder->encode(spec.quality, spec.effort, deadline);
  if (!bytes) return fail(std::move(bytes.error()));
  rendered.bytes = std::move(*bytes);
  return rendered;
}

Result<std::vector<RenderedImage>> render_stages(std::span<const std::byte> file, std::span<const RenderSpec> specs,
                                                 Deadline deadline, const StageObserver& observer) {
  auto pictures = decode(file, specs, deadline, observer);
  if (!pictures) return fail(std::move(pictures.error()));
  std::vector<RenderedImage> rendered;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    auto picture = encode(std::move((*pictures)[i]), specs[i], deadline, observer);
    if (!picture) return fail(std::move(picture.error()));
    rendered.push_back(std::move(*picture));
  }
  return rendered;
}

}  // namespace

VipsEngine::VipsEngine(StageObserver observer) : observer_(std::move(observer)) {
  init_vips();
}

Result<ProbedImage> VipsEngine::probe(const EncodedImage& file, Deadline) {
  const auto format = format_of(file.bytes);
  if (!format) return fail(format.error());
  const Stage stage(observer_, "probe");
  const auto image = open_image_file(file.bytes, *format);
  if (!image) return fail(image.error());
  return ProbedImage{.header = read_image_header(image->get(), *format)};
}

Result<std::vector<RenderedImage>> VipsEngine::render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                          Deadline deadline) {
  release_vips_at_thread_end();
  auto rendered = render_stages(file.bytes, specs, deadline, observer_);
  if (!rendered) return fail(with_deadline(std::move(rendered.error()), deadline));
  return rendered;
}

}  // namespace tintype
