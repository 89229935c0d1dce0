// An ImageEngine reads the header of an image file and turns the file into a WebP. It gets bytes and gives bytes; it
// knows no keys, users or stores, and may live in another process.
//
// Thread safety: all methods may be called concurrently; the caller decides how many at a time.
// Blocking: probe takes about a millisecond. render takes from milliseconds to seconds of CPU and ends with
// ImageUndecodable soon after `deadline`.
// Hostile input: the engine never trusts the bytes; it may be slow or refuse, never more.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_header.h"
#include "model/render_spec.h"

namespace tintype {

// An image file, borrowed for the call.
struct EncodedImage {
  std::span<const std::byte> bytes;
  // The same bytes as a file, open for reading only, so that an engine in another process can map them. -1: none.
  int descriptor = -1;
  // SHA-256 of the bytes, 64 lower-case hex digits, by which an engine may remember what a file did to it. Empty: none.
  std::string_view content_sha256 = {};

  // Implicit, because most callers have no more than the bytes.
  EncodedImage(std::span<const std::byte> file) : bytes(file) {}     // NOLINT(google-explicit-constructor)
  EncodedImage(const std::vector<std::byte>& file) : bytes(file) {}  // NOLINT(google-explicit-constructor)
  EncodedImage(std::span<const std::byte> file, int read_only_descriptor, std::string_view sha256)
      : bytes(file), descriptor(read_only_descriptor), content_sha256(sha256) {}
};

struct ProbedImage {
  ImageHeader header;
  bool cold_start = false;  // as in RenderedImage
};

struct RenderedImage {
  std::vector<std::byte> bytes;  // a WebP file: upright, sRGB, 8 bit, no metadata of any kind
  int width = 0;
  int height = 0;
  std::vector<std::byte> thumb_hash;  // if the spec asked for a placeholder (evanw.github.io/thumbhash), else empty
  bool cold_start = false;            // the call had to wait until a process for it was started
};

// Told how long a stage of the work took: "probe", "decode" (with resize and colour), "placeholder", "encode" (of one
// picture). Called on the thread that called the engine, also when the stage failed.
using StageObserver = std::function<void(std::string_view stage, double seconds)>;

class ImageEngine {
 public:
  virtual ~ImageEngine() = default;

  // Reads the header, no pixels. Errors: InvalidFileType if the signature is none of model/image_format.h;
  // ImageUndecodable if the header is broken; Overloaded if the engine has no process to do it in, which says nothing
  // about the file.
  virtual Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) = 0;

  // Applies the EXIF orientation, converts to sRGB (ICC, CMYK, gray, 16 bit), fits as `spec` says, and encodes. Of an
  // animation, the first frame. The caller has checked the header against its limits. Errors: InvalidFileType;
  // ImageUndecodable (broken or truncated, or the deadline passed); ImageTooLarge if the output would pass
  // kMaxWebpEdge; Overloaded as above.
  //
  // One picture for each of the `specs`, 1 to kMostPictures, in their order. All are of one decode of the file, in the
  // size of the first, as long as none would have to be enlarged for that.
  virtual Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                        Deadline deadline) = 0;

  Result<RenderedImage> render(const EncodedImage& file, const RenderSpec& spec, Deadline deadline) {
    auto pictures = render_all(file, std::span(&spec, 1), deadline);
    if (!pictures) return fail(std::move(pictures.error()));
    return std::move(pictures->front());
  }
};

}  // namespace tintype
