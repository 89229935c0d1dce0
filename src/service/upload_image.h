#pragma once

#include <span>
#include <string>

#include "base/ulid.h"
#include "ports/clock.h"
#include "ports/metadata_store.h"
#include "service/blob_writer.h"
#include "service/picture_maker.h"

namespace tintype {

struct Upload {
  UserId user;
  std::span<const std::byte> file;
  std::string filename;  // as the client called it
  ImageText text;
  int file_descriptor = -1;  // of `file`, open for reading only; -1 if there is none
};

struct Uploaded {
  ImageRecord record;
  bool cold_start = false;  // it had to wait for a process to start
};

// Takes one picture in: checks it, renders main picture and thumbnail, stores both, and then records them. When run()
// answers with a record, all three are durable.
//
// Thread safety: run() may be called concurrently; it blocks for the whole upload.
class UploadImage {
 public:
  UploadImage(PictureMaker& pictures, BlobWriter& blobs, MetadataStore& metadata, const Clock& clock,
              UlidGenerator& ids)
      : pictures_(pictures), blobs_(blobs), metadata_(metadata), clock_(clock), ids_(ids) {}

  // Errors: ValidationFailed, InvalidFileType, ImageTooLarge, ImageUndecodable, Overloaded, StoreUnavailable,
  // DeadlineExceeded. Nothing is stored then.
  Result<Uploaded> run(const Upload& upload, Deadline deadline);

 private:
  Result<void> store_pictures(PictureMaker::Job& job, ImageRecord& record, Deadline deadline);
  Result<void> commit(const ImageRecord& record, Deadline deadline);

  PictureMaker& pictures_;
  BlobWriter& blobs_;
  MetadataStore& metadata_;
  const Clock& clock_;
  UlidGenerator& ids_;
};

}  // namespace tintype
