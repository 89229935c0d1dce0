// An ImageEngine reads the header of an image file and turns the file into a WebP. It gets bytes and gives bytes; it
// knows no keys, users or stores, and may live in another process.
//
// Thread safety: all methods may be called concurrently; the caller decides how many at a time.
// Blocking: probe takes about a millisecond. render takes from milliseconds to seconds of CPU and ends with
// ImageUndecodable soon after `deadline`.
// Hostile input: the engine never trusts the bytes; it may be slow or refuse, never more.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_header.h"
#include "model/render_spec.h"

namespace tintype {

struct RenderedImage {
  std::vector<std::byte> bytes;  // a WebP file: upright, sRGB, 8 bit, no metadata of any kind
  int width = 0;
  int height = 0;
  std::vector<std::byte> thumb_hash;  // if the spec asked for a placeholder (evanw.github.io/thumbhash), else empty
};

class ImageEngine {
 public:
  virtual ~ImageEngine() = default;

  // Reads the header, no pixels. Errors: InvalidFileType if the signature is none of model/image_format.h;
  // ImageUndecodable if the header is broken.
  virtual Result<ImageHeader> probe(std::span<const std::byte> file, Deadline deadline) = 0;

  // Applies the EXIF orientation, converts to sRGB (ICC, CMYK, gray, 16 bit), fits as `spec` says, and encodes. Of an
  // animation, the first frame. The caller has checked the header against its limits. Errors: InvalidFileType;
  // ImageUndecodable (broken or truncated, or the deadline passed); ImageTooLarge if the output would pass kMaxWebpEdge.
  virtual Result<RenderedImage> render(std::span<const std::byte> file, const RenderSpec& spec, Deadline deadline) = 0;
};

}  // namespace tintype
