#pragma once

#include <memory>
#include <span>

#include "adapters/engine_vips/plane_source.h"
#include "base/deadline.h"

namespace tintype {

// The samples of a JPEG as they are stored: not upsampled and not turned into RGB, which a lossy WebP would undo. By
// libjpeg-turbo itself, since libvips gives RGB only. As strict as the loader that it stands in for
// (image_file.cpp): whatever libjpeg warns of is an error, because what follows is garbage.
class JpegPlanes final : public PlaneSource {
 public:
  // A JPEG of gray or YCbCr with up to four samples of luma for one of chroma in a row, two in a column. `shrink`: 1,
  // 2, 4 or 8. nullptr if it is another one, or its header is broken: libvips may see to it. `file` is borrowed.
  static std::unique_ptr<JpegPlanes> open(std::span<const std::byte> file, int shrink, Deadline deadline);
  ~JpegPlanes() override;

  const PlanesShape& shape() const override;
  int strip_rows() const override;
  int row_bytes(int plane) const override;
  Result<void> read_strip(const StripRows& rows) override;

 private:
  struct Decoder;
  explicit JpegPlanes(std::unique_ptr<Decoder> decoder);
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace tintype
