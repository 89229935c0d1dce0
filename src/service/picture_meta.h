#pragma once

#include "model/image_record.h"
#include "ports/blob_store.h"

namespace tintype {

// What is kept with each stored picture of the image.
inline BlobMeta picture_meta(const ImageRecord& record) {
  return {"image/webp",
          "public, max-age=31536000, immutable",
          {{"image-id", record.image_id.text()}, {"source-sha256", record.content_sha256}}};
}

}  // namespace tintype
