#include "adapters/engine_vips/vips_engine.h"

#include <chrono>
#include <utility>

#include "adapters/engine_vips/image_file.h"
#include "adapters/engine_vips/picture.h"
#include "adapters/engine_vips/thumb_hash.h"
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

// Everything up to the encoder. The pixels are gone when it returns: they are twice what the encoder holds.
Result<WebpEncoder> prepare(std::span<const std::byte> file, const RenderSpec& spec, Deadline deadline,
                            const StageObserver& observer, RenderedImage& rendered) {
  const auto format = format_of(file);
  if (!format) return fail(format.error());
  const auto picture = [&] {
    const Stage stage(observer, "decode");
    return Picture::decode(file, *format, spec, deadline);
  }();
  if (!picture) return fail(picture.error());
  const PixelView pixels = picture->pixels();
  rendered.width = pixels.width;
  rendered.height = pixels.height;
  if (spec.placeholder) {
    const Stage stage(observer, "placeholder");
    rendered.thumb_hash = thumb_hash(pixels);
  }
  return WebpEncoder::import(pixels);
}

Result<RenderedImage> render_stages(std::span<const std::byte> file, const RenderSpec& spec, Deadline deadline,
                                    const StageObserver& observer) {
  RenderedImage rendered;
  auto encoder = prepare(file, spec, deadline, observer, rendered);
  if (!encoder) return fail(std::move(encoder.error()));
  const Stage stage(observer, "encode");
  auto bytes = encoder->encode(spec.quality, spec.effort, deadline);
  if (!bytes) return fail(std::move(bytes.error()));
  rendered.bytes = std::move(*bytes);
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

Result<RenderedImage> VipsEngine::render(const EncodedImage& file, const RenderSpec& spec, Deadline deadline) {
  release_vips_at_thread_end();
  auto rendered = render_stages(file.bytes, spec, deadline, observer_);
  if (!rendered) return fail(with_deadline(std::move(rendered.error()), deadline));
  return rendered;
}

}  // namespace tintype
