#include "adapters/engine_vips/jpeg_planes.h"

#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it before
#include <optional>

#include <jpeglib.h>

namespace tintype {
namespace {

// libjpeg calls back when it cannot go on, and must not be returned to.
struct Escape : jpeg_error_mgr {
  std::jmp_buf where;
  char message[JMSG_LENGTH_MAX] = {};
};

void keep_message(j_common_ptr decoder) {
  decoder->err->format_message(decoder, static_cast<Escape*>(decoder->err)->message);
}

void give_up(j_common_ptr decoder) {
  keep_message(decoder);
  std::longjmp(static_cast<Escape*>(decoder->err)->where, 1);
}

void count_warning(j_common_ptr decoder, int level) {
  if (level >= 0) return;  // a trace
  if (decoder->err->num_warnings++ == 0) keep_message(decoder);
}

void print_nothing(j_common_ptr) {}

struct Watch : jpeg_progress_mgr {
  Deadline deadline = Deadline::never();
};

// Called while the many scans of a progressive file are read, which happens before the first row is there.
void stop_at_deadline(j_common_ptr decoder) {
  if (!static_cast<Watch*>(decoder->progress)->deadline.expired()) return;
  auto* const escape = static_cast<Escape*>(decoder->err);
  std::snprintf(escape->message, sizeof escape->message, "the deadline has passed");
  std::longjmp(escape->where, 1);
}

std::optional<int> shift_of(int luma, int chroma, int most) {
  for (int shift = 0; shift <= most; ++shift) {
    if (luma == chroma << shift) return shift;
  }
  return std::nullopt;
}

}  // namespace

// No object with a destructor may live in a function that calls setjmp, nor in one that is jumped over.
struct JpegPlanes::Decoder {
  Decoder() {
    jpeg.err = jpeg_std_error(&escape);
    escape.error_exit = give_up;
    escape.emit_message = count_warning;
    escape.output_message = print_nothing;
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header(std::span<const std::byte> file) {
    if (setjmp(escape.where) != 0) return false;  // NOLINT(cert-err52-cpp): the only way out of libjpeg
    jpeg_create_decompress(&jpeg);
    watch.progress_monitor = stop_at_deadline;
    jpeg.progress = &watch;
    jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    return jpeg_read_header(&jpeg, TRUE) == JPEG_HEADER_OK;
  }

  bool configure(int shrink) {
    if (setjmp(escape.where) != 0) return false;  // NOLINT(cert-err52-cpp)
    jpeg.scale_num = 1;
    jpeg.scale_denom = static_cast<unsigned>(shrink);
    jpeg.out_color_space = jpeg.jpeg_color_space;
    jpeg.raw_data_out = TRUE;
    jpeg_calc_output_dimensions(&jpeg);
    return true;
  }

  bool read(JSAMPIMAGE rows) {
    if (setjmp(escape.where) != 0) return false;  // NOLINT(cert-err52-cpp)
    if (!started) jpeg_start_decompress(&jpeg);
    started = true;
    const auto wanted = static_cast<JDIMENSION>(jpeg.max_v_samp_factor * jpeg.min_DCT_scaled_size);
    return jpeg_read_raw_data(&jpeg, rows, wanted) == wanted && jpeg.err->num_warnings == 0;
  }

  // False if it has samples in places that a PlanesShape cannot say.
  bool find_shape() {
    const bool gray = jpeg.num_components == 1 && jpeg.jpeg_color_space == JCS_GRAYSCALE;
    if (!gray && (jpeg.num_components != 3 || jpeg.jpeg_color_space != JCS_YCbCr)) return false;
    const jpeg_component_info& luma = jpeg.comp_info[0];
    if (luma.h_samp_factor != jpeg.max_h_samp_factor || luma.v_samp_factor != jpeg.max_v_samp_factor) return false;
    shape.size = {static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height)};
    shape.colour = gray ? PlaneColour::Gray : PlaneColour::YuvFull;
    if (gray) return true;
    const jpeg_component_info& blue = jpeg.comp_info[1];
    const jpeg_component_info& red = jpeg.comp_info[2];
    const auto across = [](const jpeg_component_info& part) { return part.h_samp_factor * part.DCT_scaled_size; };
    const auto down = [](const jpeg_component_info& part) { return part.v_samp_factor * part.DCT_scaled_size; };
    const auto shift_x = shift_of(across(luma), across(blue), 2);
    const auto shift_y = shift_of(down(luma), down(blue), 1);
    if (!shift_x || !shift_y || across(blue) != across(red) || down(blue) != down(red)) return false;
    shape.shift_x = *shift_x;
    shape.shift_y = *shift_y;
    return true;
  }

  jpeg_decompress_struct jpeg{};
  Escape escape;
  Watch watch{};
  PlanesShape shape;
  bool started = false;
};

JpegPlanes::JpegPlanes(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
JpegPlanes::~JpegPlanes() = default;

std::unique_ptr<JpegPlanes> JpegPlanes::open(std::span<const std::byte> file, int shrink, Deadline deadline) {
  auto decoder = std::make_unique<Decoder>();
  decoder->watch.deadline = deadline;
  if (!decoder->read_header(file) || !decoder->configure(shrink) || !decoder->find_shape()) return nullptr;
  return std::unique_ptr<JpegPlanes>(new JpegPlanes(std::move(decoder)));
}

const PlanesShape& JpegPlanes::shape() const {
  return decoder_->shape;
}

int JpegPlanes::strip_rows() const {
  return decoder_->jpeg.max_v_samp_factor * decoder_->jpeg.min_DCT_scaled_size;
}

int JpegPlanes::row_bytes(int plane) const {
  const jpeg_component_info& part = decoder_->jpeg.comp_info[plane];
  return static_cast<int>(part.width_in_blocks) * part.DCT_scaled_size;
}

Result<void> JpegPlanes::read_strip(const StripRows& rows) {
  std::array<JSAMPARRAY, kMostPlanes> planes{};
  for (std::size_t i = 0; i < planes.size(); ++i) planes[i] = const_cast<JSAMPARRAY>(rows.plane[i].data());
  if (decoder_->read(planes.data())) return {};
  return fail(ErrorCode::ImageUndecodable, "the file is damaged or not a complete image", decoder_->escape.message);
}

}  // namespace tintype
