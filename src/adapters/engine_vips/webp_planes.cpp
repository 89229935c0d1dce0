#include "adapters/engine_vips/webp_planes.h"

#include <webp/decode.h>

#include <string>

namespace tintype {
namespace {

constexpr int kLossy = 1;  // WebPBitstreamFeatures::format

void point_to(const Planes& planes, WebPDecBuffer& output) {
  output.colorspace = MODE_YUV;
  output.is_external_memory = 1;
  WebPYUVABuffer& yuv = output.u.YUVA;
  const auto bytes = [&](int plane) {
    return static_cast<std::size_t>(planes.stride(plane)) *
           static_cast<std::size_t>(planes.shape().plane_size(plane).height);
  };
  yuv.y = planes.data(0);
  yuv.u = planes.data(1);
  yuv.v = planes.data(2);
  yuv.y_stride = static_cast<int>(planes.stride(0));
  yuv.u_stride = static_cast<int>(planes.stride(1));
  yuv.v_stride = static_cast<int>(planes.stride(2));
  yuv.y_size = bytes(0);
  yuv.u_size = bytes(1);
  yuv.v_size = bytes(2);
}

}  // namespace

Result<std::optional<Planes>> decode_webp_planes(std::span<const std::byte> file) {
  const auto* const data = reinterpret_cast<const std::uint8_t*>(file.data());
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return fail(ErrorCode::Internal, "libwebp has another version");
  const VP8StatusCode header = WebPGetFeatures(data, file.size(), &config.input);
  const bool plain = header == VP8_STATUS_OK && config.input.format == kLossy && config.input.has_alpha == 0 &&
                     config.input.has_animation == 0;
  if (!plain) return std::optional<Planes>();
  Planes planes(webp_shape({config.input.width, config.input.height}));
  point_to(planes, config.output);
  const VP8StatusCode status = WebPDecode(data, file.size(), &config);
  if (status == VP8_STATUS_OK) return std::optional(std::move(planes));
  return fail(ErrorCode::ImageUndecodable, "the file is damaged or not a complete image",
              "libwebp status " + std::to_string(status));
}

}  // namespace tintype
