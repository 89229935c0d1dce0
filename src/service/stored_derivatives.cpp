#include "service/stored_derivatives.h"

#include "base/crash_point.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "model/blob_key.h"
#include "service/blob_checksum.h"
#include "service/picture_meta.h"

namespace tintype {

std::string next_derivative_key(const ImageRecord& record) {
  return BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail, record.thumbnail_version + 1).text();
}

Result<Derivative> StoredDerivatives::make(const ImageRecord& record, const Recipe& recipe,
                                           const std::function<Deadline()>& held_until) {
  RenderSpec spec = recipe.spec;
  spec.effort = options_.effort;
  const auto picture = render(record, spec, held_until());
  if (!picture) return fail(picture.error());
  crash_point("derive.rendered");
  std::string key = next_derivative_key(record);
  auto sha256 = put(key, *picture, record, held_until());
  if (!sha256) return fail(sha256.error());
  crash_point("derive.stored");
  return Derivative{.version = record.thumbnail_version + 1,
                    .key = std::move(key),
                    .sha256 = std::move(*sha256),
                    .recipe = recipe_text(recipe, spec, options_.encoder)};
}

Result<RenderedImage> StoredDerivatives::render(const ImageRecord& record, const RenderSpec& spec, Deadline deadline) {
  const auto main = blobs_.open(record.main_key, deadline);
  if (!main) return fail(main.error());
  const auto file = read_all(*main->bytes, deadline);
  if (!file) return fail(file.error());
  const ImageHeader header{.format = ImageFormat::Webp, .width = record.width, .height = record.height, .bands = 4};
  const auto turn = admission_.enter_behind(predicted_bytes(header, spec), deadline);
  if (!turn) return fail(turn.error());
  return engine_.render(EncodedImage(*file), spec, deadline);
}

// The SHA-256 of what is under the key now.
Result<std::string> StoredDerivatives::put(const std::string& key, const RenderedImage& picture,
                                           const ImageRecord& record, Deadline deadline) {
  const auto stored = blobs_.put(key, picture.bytes, picture_meta(record), deadline);
  if (stored) return hex(sha256(picture.bytes));
  if (stored.error().code != ErrorCode::AlreadyExists) return fail(stored.error());
  return sha256_of_blob(blobs_, key, deadline);
}

}  // namespace tintype
