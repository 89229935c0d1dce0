// DESIGN
// The order is what keeps the promise: the claim, so that whatever happens the keys are known; the blobs, durable; then
// the record that points at them. A reader can therefore never find a record without its pictures, and a file without a
// record is always in the journal. The puts run beside the work: the main picture is on its way to the disk while the
// thumbnail is still being rendered, and the turn at the CPU is given back before the last fsync.
#include "service/upload_image.h"

#include <optional>

#include "base/base64.h"
#include "base/crash_point.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "model/blob_key.h"
#include "model/validation.h"

namespace tintype {

// What is being uploaded, and what it is recognised by.
struct UploadImage::Payload {
  const Upload& upload;
  std::string content_sha256;  // of the file
  std::string fingerprint;     // of the file and the text
};

namespace {

BlobMeta blob_meta(const ImageRecord& record) {
  return {"image/webp",
          "public, max-age=31536000, immutable",
          {{"image-id", record.image_id.text()}, {"source-sha256", record.content_sha256}}};
}

// The file's name is not part of it: a client that sends a file again may have it under another temporary name.
std::string fingerprint_of(const std::string& content_sha256, const ImageText& text) {
  std::string canonical = content_sha256;
  const auto add = [&canonical](const std::optional<std::string>& field) {
    canonical += field ? std::to_string(field->size()) + ':' + *field : "-";
  };
  for (const auto* field : {&text.album_id, &text.title, &text.description, &text.alt_text}) add(*field);
  for (const std::string& tag : text.tags) add(tag);
  return hex(sha256(as_bytes(canonical)));
}

ImageRecord new_record(const Upload& upload, const std::string& content_sha256, const ImageId& id,
                       const ImageHeader& header, UnixTime now) {
  ImageRecord record{.image_id = id, .user_id = upload.user, .text = upload.text};
  record.original_filename = clean_filename(upload.filename);
  record.source_format = header.format;
  record.source_pages = header.pages;
  record.file_size = upload.file.size();
  record.content_sha256 = content_sha256;
  record.main_key = BlobKey::of(upload.user, id, Variant::Main).text();
  record.created_at = record.updated_at = record.uploaded_at = now;
  return record;
}

}  // namespace

Result<Uploaded> UploadImage::run(const Upload& upload, Deadline deadline) {
  if (auto valid = validate(upload.text); !valid) return fail(valid.error());
  Payload payload{.upload = upload, .content_sha256 = hex(sha256(upload.file)), .fingerprint = {}};
  payload.fingerprint = fingerprint_of(payload.content_sha256, upload.text);
  auto uploaded = attempt(payload, deadline);
  // An earlier attempt has stored other bytes under these keys, with other settings for instance. They are dead now.
  const bool needs_new_keys = !uploaded && uploaded.error().code == ErrorCode::AlreadyExists;
  return needs_new_keys ? attempt(payload, deadline) : uploaded;
}

Result<Uploaded> UploadImage::attempt(const Payload& payload, Deadline deadline) {
  auto begun = claims_.begin(payload.upload.user, payload.upload.token, payload.fingerprint, deadline);
  if (!begun) return fail(begun.error());
  if (auto* record = std::get_if<ImageRecord>(&*begun)) return Uploaded{.record = std::move(*record), .replayed = true};
  ClaimLease& lease = *std::get<UploadClaims::Lease>(*begun);
  auto uploaded = carry_out(payload, lease, deadline);
  if (!uploaded) return fail(claims_.give_up(lease, uploaded.error()));
  return uploaded;
}

Result<Uploaded> UploadImage::carry_out(const Payload& payload, ClaimLease& lease, Deadline deadline) {
  const Upload& upload = payload.upload;
  auto job = pictures_.begin({upload.file, upload.file_descriptor, payload.content_sha256}, deadline);
  if (!job) return fail(job.error());
  ImageRecord record = new_record(upload, payload.content_sha256, lease.claim().image_id, job->header(), clock_.now());
  record.quality = pictures_.limits().main.quality;
  if (auto stored = store_pictures(*job, record, lease, deadline); !stored) return fail(stored.error());
  if (auto completed = claims_.complete(lease, record, deadline); !completed) return fail(completed.error());
  return Uploaded{.record = std::move(record), .cold_start = job->cold_start()};
}

// Nothing may become visible once the claim can be somebody else's.
std::future<Result<void>> UploadImage::start_put(const ClaimLease& lease, const std::string& key, RenderedImage picture,
                                                 const ImageRecord& record, Deadline deadline) {
  return blobs_.start(key, std::move(picture.bytes), blob_meta(record), deadline.earlier_of(lease.deadline()));
}

Result<void> UploadImage::store_pictures(PictureMaker::Job& job, ImageRecord& record, const ClaimLease& lease,
                                         Deadline deadline) {
  auto main = job.main(deadline);
  if (!main) return fail(main.error());
  record.width = main->width;
  record.height = main->height;
  record.processed_size = main->bytes.size();
  record.placeholder = base64_encode(main->thumb_hash);
  record.main_sha256 = hex(sha256(main->bytes));
  crash_point("upload.main-rendered");
  auto main_put = start_put(lease, record.main_key, std::move(*main), record, deadline);

  const std::string thumbnail_key = BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail).text();
  auto thumbnail = job.thumbnail(deadline);
  job.done();
  Result<void> thumbnail_outcome;
  if (thumbnail) {
    record.thumbnail_sha256 = hex(sha256(thumbnail->bytes));
    crash_point("upload.thumbnail-rendered");
    thumbnail_outcome = start_put(lease, thumbnail_key, std::move(*thumbnail), record, deadline).get();
  } else {
    thumbnail_outcome = fail(thumbnail.error());
  }
  // Both have ended before the attempt is given up: a put that is still on its way would come back.
  const Result<void> main_outcome = main_put.get();
  if (!main_outcome) return main_outcome;
  if (!thumbnail_outcome) return thumbnail_outcome;
  crash_point("upload.stored");
  record.thumbnail_key = thumbnail_key;
  return {};
}

}  // namespace tintype
