// DESIGN. A step in the pipeline that passes pixels through and looks at the clock, because it is asked for every few
// lines of the file. Rejected: vips_image_set_kill from the "eval" signal, which comes once per strip of the output; a
// thumbnail is one or two strips, however large the file.
#include "adapters/engine_vips/decode_deadline.h"

namespace tintype {
namespace {

int pass_until_deadline(VipsRegion* out, void* input, void*, void* deadline, gboolean*) {
  if (static_cast<const Deadline*>(deadline)->expired()) {
    vips_error("tintype", "%s", "the deadline has passed");
    return -1;
  }
  auto* const in = static_cast<VipsRegion*>(input);
  const VipsRect& area = out->valid;
  if (vips_region_prepare(in, &area) != 0) return -1;
  return vips_region_region(out, in, &area, area.left, area.top);
}

}  // namespace

Result<VipsImagePtr> stop_at_deadline(VipsImage* source, const Deadline& deadline) {
  VipsImagePtr watched(vips_image_new());
  if (vips_image_pipelinev(watched.get(), VIPS_DEMAND_STYLE_THINSTRIP, source, nullptr) != 0 ||
      vips_image_generate(watched.get(), vips_start_one, pass_until_deadline, vips_stop_one, source,
                          const_cast<Deadline*>(&deadline)) != 0) {
    return fail(take_vips_error());
  }
  return watched;
}

}  // namespace tintype
