// Ownership and errors of libvips images; the only place where libvips' errors become ours.
#pragma once

#include <vips/vips.h>

#include <memory>

#include "base/result.h"

namespace tintype {

struct VipsUnref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
// An image is a lazy pipeline until it is copied to memory. It keeps its inputs alive by itself.
using VipsImagePtr = std::unique_ptr<VipsImage, VipsUnref>;

// What libvips reported last, as ImageUndecodable; clears it. The report is one buffer for the whole process, so with
// several images at a time the detail may hold lines of another one.
Error take_vips_error();

// Runs `operation(VipsImage** out)`, which returns 0 for success as all libvips calls do.
template <typename Operation>
Result<VipsImagePtr> make_image(Operation operation) {
  VipsImage* out = nullptr;
  if (operation(&out) != 0) return fail(take_vips_error());
  return VipsImagePtr(out);
}

// Runs the pipeline that ends in `image`, once.
Result<VipsImagePtr> copy_to_memory(VipsImage* image);

}  // namespace tintype
