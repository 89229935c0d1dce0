// DESIGN
// The order is what keeps the promise: the claim, so that whatever happens the keys are known; the blobs, durable; then
// the record that points at them. A reader can therefore never find a record without its pictures, and a file without a
// record is always in the journal. Both pictures come of one decode, the thumbnail costing a tenth of the other; then
// both are on their way to the store at one time, while the turn at the CPU is somebody else's already. A thumbnail
// that is left for later is made from the stored main picture (derive_image.cpp).
#include "service/upload_image.h"

#include <future>
#include <memory>
#include <optional>

#include "base/base64.h"
#include "base/crash_point.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "model/blob_key.h"
#include "model/validation.h"
#include "service/picture_meta.h"

namespace tintype {

// What is being uploaded, and what it is recognised by.
struct UploadImage::Payload {
  const Upload& upload;
  std::string content_sha256;  // of the file
  std::string fingerprint;     // of the file and the text
};

// Where an upload's pictures go, and until when.
struct UploadImage::Destination {
  const ClaimLease& lease;
  BlobMeta meta;
  Deadline deadline;
};

// A rendered picture on its way to the store.
struct UploadImage::Stored {
  int width = 0;
  int height = 0;
  std::uint64_t size = 0;  // bytes
  std::string sha256;
  std::string placeholder;
  bool cold_start = false;
  std::future<Result<void>> put;
};

namespace {

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

// What the record says of its main picture.
template <typename Stored>
void describe(const Stored& main, ImageRecord& record) {
  record.width = main.width;
  record.height = main.height;
  record.processed_size = main.size;
  record.placeholder = main.placeholder;
  record.main_sha256 = main.sha256;
}

}  // namespace

Result<Uploaded> UploadImage::run(const Upload& upload, Deadline deadline) {
  if (auto valid = validate(upload.text); !valid) return fail(valid.error());
  const auto arrived = Deadline::Clock::now();
  Payload payload{.upload = upload, .content_sha256 = hex(sha256(upload.file)), .fingerprint = {}};
  payload.fingerprint = fingerprint_of(payload.content_sha256, upload.text);
  auto uploaded = attempt(payload, deadline);
  // An earlier attempt has stored other bytes under these keys, with other settings for instance. They are dead now.
  const bool needs_new_keys = !uploaded && uploaded.error().code == ErrorCode::AlreadyExists;
  if (needs_new_keys) uploaded = attempt(payload, deadline);
  if (uploaded && !uploaded->replayed) derivations_.uploaded(Deadline::Clock::now() - arrived);
  return uploaded;
}

Result<Uploaded> UploadImage::attempt(const Payload& payload, Deadline deadline) {
  auto begun = claims_.begin(payload.upload.user, payload.upload.token, payload.fingerprint, deadline);
  if (!begun) return fail(begun.error());
  if (auto* record = std::get_if<ImageRecord>(&*begun)) return replay(std::move(*record));
  ClaimLease& lease = *std::get<UploadClaims::Lease>(*begun);
  auto uploaded = carry_out(payload, lease, deadline);
  if (!uploaded) return fail(claims_.give_up(lease, uploaded.error()));
  return uploaded;
}

// Whoever made it may have ended before it could tell the cache.
Result<Uploaded> UploadImage::replay(ImageRecord record) {
  cache_.drop(record.user_id, record.image_id);
  return Uploaded{.record = std::move(record), .replayed = true};
}

Result<Uploaded> UploadImage::carry_out(const Payload& payload, ClaimLease& lease, Deadline deadline) {
  const Upload& upload = payload.upload;
  auto job = pictures_.begin({upload.file, upload.file_descriptor, payload.content_sha256}, deadline);
  if (!job) return fail(job.error());
  ImageRecord record = new_record(upload, payload.content_sha256, lease.claim().image_id, job->header(), claims_.now());
  record.quality = pictures_.limits().main.quality;
  const auto cold_start = store_pictures(*job, record, lease, deadline);
  if (!cold_start) return fail(cold_start.error());
  {
    const auto write = cache_.write(record.user_id, record.image_id);
    if (auto completed = claims_.complete(lease, record, deadline); !completed) return fail(completed.error());
  }
  derivations_.committed(record);
  return Uploaded{
      .record = std::move(record), .cold_start = job->cold_start() || *cold_start, .engine_time = job->engine_time()};
}

Result<bool> UploadImage::store_pictures(PictureMaker::Job& job, ImageRecord& record, const ClaimLease& lease,
                                         Deadline deadline) {
  const Destination destination{lease, picture_meta(record), deadline};
  const bool later = derivations_.is_async();
  if (later) derivations_.leave_for_later(record);
  auto cold_start = later ? store_main(job, record, destination) : store_both(job, record, destination);
  if (cold_start) crash_point("upload.stored");
  return cold_start;
}

Result<bool> UploadImage::store_main(PictureMaker::Job& job, ImageRecord& record, const Destination& destination) {
  auto picture = job.main(destination.deadline);
  job.turn().release();
  if (!picture) return fail(picture.error());
  Stored main = store(std::move(*picture), record.main_key, destination, "upload.main-rendered");
  if (auto stored = main.put.get(); !stored) return fail(stored.error());
  describe(main, record);
  return main.cold_start;
}

Result<bool> UploadImage::store_both(PictureMaker::Job& job, ImageRecord& record, const Destination& destination) {
  auto pictures = job.both(destination.deadline);
  job.turn().release();
  if (!pictures) return fail(pictures.error());
  std::string thumbnail_key = BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail).text();
  Stored main = store(std::move(pictures->main), record.main_key, destination, "upload.main-rendered");
  Stored thumbnail = store(std::move(pictures->thumbnail), thumbnail_key, destination, "upload.thumbnail-rendered");
  // Both puts have ended before the attempt is given up: one that is still on its way would come back.
  const Result<void> main_outcome = main.put.get();
  const Result<void> thumbnail_outcome = thumbnail.put.get();
  if (!main_outcome) return fail(main_outcome.error());
  if (!thumbnail_outcome) return fail(thumbnail_outcome.error());
  describe(main, record);
  record.thumbnail_key = std::move(thumbnail_key);
  record.thumbnail_sha256 = std::move(thumbnail.sha256);
  record.thumbnail_recipe = pictures_.limits().thumbnail_recipe;
  return main.cold_start;
}

UploadImage::Stored UploadImage::store(RenderedImage picture, const std::string& key, const Destination& destination,
                                       std::string_view rendered) {
  Stored stored{.width = picture.width,
                .height = picture.height,
                .size = picture.bytes.size(),
                .sha256 = hex(sha256(picture.bytes)),
                .placeholder = base64_encode(picture.thumb_hash),
                .cold_start = picture.cold_start,
                .put = {}};
  crash_point(rendered);
  // Nothing may become visible once the claim can be somebody else's.
  stored.put = blobs_.start(key, std::move(picture.bytes), destination.meta,
                            destination.deadline.earlier_of(destination.lease.deadline()));
  return stored;
}

}  // namespace tintype
