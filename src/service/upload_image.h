#pragma once

#include <chrono>
#include <span>
#include <string>

#include "service/blob_writer.h"
#include "service/derivation_scheduler.h"
#include "service/image_cache.h"
#include "service/picture_maker.h"
#include "service/upload_claims.h"

namespace tintype {

struct Upload {
  UserId user;
  IdempotencyToken token;
  std::span<const std::byte> file;
  std::string filename;  // as the client called it
  ImageText text;
  int file_descriptor = -1;  // of `file`, open for reading only; -1 if there is none
};

struct Uploaded {
  ImageRecord record;
  bool replayed = false;                              // an earlier upload with this token made it
  bool cold_start = false;                            // it had to wait for a process to start
  std::chrono::steady_clock::duration engine_time{};  // how long the engine has worked for it; none if replayed
};

// Takes one picture in: claims it, checks it, renders main picture and thumbnail, stores both, and then records them
// and completes the claim in one step. When run() answers with a record, all three are durable. While uploads are slow
// the thumbnail is left for later: then the record is Processing, and its job is as durable as it is. However often an
// upload is sent, and whenever an attempt is cut off, one token makes one image.
//
// Thread safety: run() may be called concurrently; it blocks for the whole upload.
class UploadImage {
 public:
  UploadImage(PictureMaker& pictures, BlobWriter& blobs, UploadClaims& claims, ImageCache& cache,
              DerivationScheduler& derivations)
      : pictures_(pictures), blobs_(blobs), claims_(claims), cache_(cache), derivations_(derivations) {}

  // Errors: ValidationFailed; UploadInProgress and ClaimLost: another attempt with this token is under way;
  // IdempotencyMismatch: the token was used for another file or other text; InvalidFileType, ImageTooLarge,
  // ImageUndecodable, Overloaded, StoreUnavailable, DeadlineExceeded. Nothing is stored for good then, and the same
  // token may be tried again.
  Result<Uploaded> run(const Upload& upload, Deadline deadline);

 private:
  struct Payload;
  struct Destination;
  struct Stored;
  Result<Uploaded> attempt(const Payload& payload, Deadline deadline);
  Result<Uploaded> replay(ImageRecord record);
  Result<Uploaded> carry_out(const Payload& payload, ClaimLease& lease, Deadline deadline);
  // Whether it had to wait for a process to start: these three.
  Result<bool> store_pictures(PictureMaker::Job& job, ImageRecord& record, const ClaimLease& lease, Deadline deadline);
  Result<bool> store_both(PictureMaker::Job& job, ImageRecord& record, const Destination& destination);
  Result<bool> store_main(PictureMaker::Job& job, ImageRecord& record, const Destination& destination);
  Stored store(RenderedImage picture, const std::string& key, const Destination& destination,
               std::string_view rendered);

  PictureMaker& pictures_;
  BlobWriter& blobs_;
  UploadClaims& claims_;
  ImageCache& cache_;
  DerivationScheduler& derivations_;
};

}  // namespace tintype
