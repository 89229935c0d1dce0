#pragma once

#include <functional>
#include <string>

#include "model/image_record.h"
#include "model/recipe.h"
#include "ports/blob_store.h"
#include "ports/derivation_store.h"
#include "ports/image_engine.h"
#include "service/admission.h"

namespace tintype {

// Renders derivatives from stored main pictures, and stores them: in the background of uploads, to which it yields.
//
// Thread safety: all methods may be called concurrently; immutable after construction.
class StoredDerivatives {
 public:
  struct Options {
    int effort = 2;       // WebP method
    std::string encoder;  // "libwebp/1.2.4": for the recipe that is kept
  };
  StoredDerivatives(ImageEngine& engine, Admission& admission, BlobStore& blobs, Options options)
      : engine_(engine), admission_(admission), blobs_(blobs), options_(std::move(options)) {}

  // Makes the next version of the record's derivative and puts it under its key, before `held_until()`. If another
  // attempt has put one there, that is the derivative. Errors: NotFound: there is no main picture; those of the engine,
  // of admission and of the blob store.
  Result<Derivative> make(const ImageRecord& record, const Recipe& recipe, const std::function<Deadline()>& held_until);

 private:
  Result<RenderedImage> render(const ImageRecord& record, const RenderSpec& spec, Deadline deadline);
  Result<std::string> put(const std::string& key, const RenderedImage& picture, const ImageRecord& record,
                          Deadline deadline);

  ImageEngine& engine_;
  Admission& admission_;
  BlobStore& blobs_;
  const Options options_;
};

// The key of the version that will be made next.
std::string next_derivative_key(const ImageRecord& record);

}  // namespace tintype
