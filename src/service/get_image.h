#pragma once

#include "ports/metadata_store.h"

namespace tintype {

// One record, for its owner. Thread-safe.
class GetImage {
 public:
  explicit GetImage(MetadataStore& metadata) : metadata_(metadata) {}

  // Errors: NotFound; NotAuthorized if the image is someone else's; those of the store.
  Result<ImageRecord> run(const UserId& user, const ImageId& id, Deadline deadline);

 private:
  MetadataStore& metadata_;
};

}  // namespace tintype
