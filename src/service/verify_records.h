#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "service/verify_run.h"

namespace tintype {

// The stage of Verify that goes from the records to the blobs: is what they name there, and is it what was stored?
// One thread.
class VerifyRecords {
 public:
  VerifyRecords(MetadataStore& metadata, BlobStore& blobs, VerifyRun& run)
      : metadata_(metadata), blobs_(blobs), run_(run) {}

  // How many blobs the records name, also those of images that were not looked at.
  Result<std::int64_t> run();

 private:
  struct NamedBlob {
    const ImageId& image;
    const std::string& key;
    std::optional<std::uint64_t> size;  // nullopt: anything but 0
    const std::string& sha256;          // empty: not known
  };
  enum class State { Sound, Missing, Corrupt };

  Result<void> look_at(const ImageRecord& record);
  Result<void> look_at(const NamedBlob& blob);
  Result<State> state_of(const NamedBlob& blob);
  Result<bool> is_still_named(const NamedBlob& blob);

  MetadataStore& metadata_;
  BlobStore& blobs_;
  VerifyRun& run_;
};

}  // namespace tintype
