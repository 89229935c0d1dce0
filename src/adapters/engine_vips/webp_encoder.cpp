#include "adapters/engine_vips/webp_encoder.h"

#include <algorithm>
#include <string>

namespace tintype {
namespace {

// VP8's first partition holds at most 512 KB of modes (RFC 6386 section 9.5). From method 3 on, pictures of many
// macroblocks overflow it, and libwebp encodes them again and again: 16 s for 64 megapixels. Method 2 never has.
constexpr int kMaxPixelsForSlowMethods = 16'000'000;
constexpr int kSafeMethod = 2;

class MemoryWriter {
 public:
  explicit MemoryWriter(WebPPicture& picture) {
    WebPMemoryWriterInit(&writer_);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer_;
  }
  ~MemoryWriter() { WebPMemoryWriterClear(&writer_); }
  MemoryWriter(const MemoryWriter&) = delete;
  MemoryWriter& operator=(const MemoryWriter&) = delete;

  std::vector<std::byte> bytes() const {
    const auto* const data = reinterpret_cast<const std::byte*>(writer_.mem);
    return {data, data + writer_.size};
  }

 private:
  WebPMemoryWriter writer_{};
};

int continue_until_deadline(int, const WebPPicture* picture) {
  return static_cast<const Deadline*>(picture->user_data)->expired() ? 0 : 1;
}

Error encode_error(const WebPPicture& picture) {
  if (picture.error_code == VP8_ENC_ERROR_USER_ABORT) {
    return {ErrorCode::DeadlineExceeded, "encoding took too long", {}, {}};
  }
  return {ErrorCode::Internal,
          "the picture could not be encoded",
          "libwebp error " + std::to_string(picture.error_code),
          {}};
}

}  // namespace

void WebpEncoder::Free::operator()(WebPPicture* picture) const {
  WebPPictureFree(picture);
  std::default_delete<WebPPicture>()(picture);
}

Result<WebpEncoder::PicturePtr> WebpEncoder::new_picture(Size size) {
  PicturePtr picture(std::make_unique<WebPPicture>().release());
  if (WebPPictureInit(picture.get()) == 0) return fail(ErrorCode::Internal, "libwebp has another version");
  picture->use_argb = 0;
  picture->width = size.width;
  picture->height = size.height;
  return picture;
}

Result<WebpEncoder> WebpEncoder::import(const PixelView& pixels) {
  auto picture = new_picture({pixels.width, pixels.height});
  if (!picture) return fail(picture.error());
  const int stride = pixels.width * pixels.channels;
  const int imported = pixels.channels == 4 ? WebPPictureImportRGBA(picture->get(), pixels.bytes.data(), stride)
                                            : WebPPictureImportRGB(picture->get(), pixels.bytes.data(), stride);
  if (imported == 0) return fail(encode_error(**picture));
  return WebpEncoder(std::move(*picture));
}

Result<WebpEncoder> WebpEncoder::take(Planes planes) {
  auto picture = new_picture(planes.shape().size);
  if (!picture) return fail(picture.error());
  // libwebp frees only what it allocated itself, and reads the planes without writing.
  (*picture)->y = planes.data(0);
  (*picture)->u = planes.data(1);
  (*picture)->v = planes.data(2);
  (*picture)->y_stride = static_cast<int>(planes.stride(0));
  (*picture)->uv_stride = static_cast<int>(planes.stride(1));
  WebpEncoder encoder(std::move(*picture));
  encoder.planes_.emplace(std::move(planes));
  return encoder;
}

Result<std::vector<std::byte>> WebpEncoder::encode(int quality, int effort, Deadline deadline) {
  WebPConfig config;
  if (WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, static_cast<float>(quality)) == 0) {
    return fail(ErrorCode::Internal, "libwebp has another version");
  }
  const bool large = picture_->width * picture_->height > kMaxPixelsForSlowMethods;  // edges are at most 16383
  config.method = large ? std::min(effort, kSafeMethod) : effort;

  const MemoryWriter writer(*picture_);
  picture_->progress_hook = continue_until_deadline;
  picture_->user_data = &deadline;
  if (WebPEncode(&config, picture_.get()) == 0) return fail(encode_error(*picture_));
  return writer.bytes();
}

}  // namespace tintype
