#include "adapters/engine_vips/vips_image.h"

#include <algorithm>
#include <string>

namespace tintype {

Error take_vips_error() {
  char* const text = vips_error_buffer_copy();  // clears the buffer
  std::string detail(text);
  g_free(text);
  while (!detail.empty() && detail.back() == '\n') detail.pop_back();
  std::replace(detail.begin(), detail.end(), '\n', ';');
  return {ErrorCode::ImageUndecodable, "the file is damaged or not a complete image", std::move(detail), {}};
}

Result<VipsImagePtr> copy_to_memory(VipsImage* image) {
  VipsImage* const copy = vips_image_copy_memory(image);
  if (copy == nullptr) return fail(take_vips_error());
  return VipsImagePtr(copy);
}

}  // namespace tintype
