// DESIGN
// The order is what keeps the promise: blobs first, durable, then the record that points at them. A reader can
// therefore never find a record without its pictures. The puts run beside the work: the main picture is on its way to
// the disk while the thumbnail is still being rendered, and the turn at the CPU is given back before the last fsync.
#include "service/upload_image.h"

#include <optional>

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "model/blob_key.h"
#include "model/validation.h"

namespace tintype {
namespace {

BlobMeta blob_meta(const ImageRecord& record) {
  return {"image/webp",
          "public, max-age=31536000, immutable",
          {{"image-id", record.image_id.text()}, {"source-sha256", record.content_sha256}}};
}

ImageRecord new_record(const Upload& upload, ImageId id, const ImageHeader& header, std::string content_sha256,
                       UnixTime now) {
  ImageRecord record{.image_id = std::move(id), .user_id = upload.user, .text = upload.text};
  record.original_filename = clean_filename(upload.filename);
  record.source_format = header.format;
  record.source_pages = header.pages;
  record.file_size = upload.file.size();
  record.content_sha256 = std::move(content_sha256);
  record.main_key = BlobKey::of(upload.user, record.image_id, Variant::Main).text();
  record.created_at = record.updated_at = record.uploaded_at = now;
  return record;
}

}  // namespace

Result<Uploaded> UploadImage::run(const Upload& upload, Deadline deadline) {
  if (auto valid = validate(upload.text); !valid) return fail(valid.error());
  std::string content_sha256 = hex(sha256(upload.file));
  auto job = pictures_.begin({upload.file, upload.file_descriptor, content_sha256}, deadline);
  if (!job) return fail(job.error());

  const UnixTime now = clock_.now();
  auto id = ImageId::parse(ids_.next(static_cast<std::uint64_t>(now.time_since_epoch().count())));
  ImageRecord record = new_record(upload, std::move(*id), job->header(), content_sha256, now);
  record.quality = pictures_.limits().main.quality;

  if (auto stored = store_pictures(*job, record, deadline); !stored) return fail(stored.error());
  if (auto committed = commit(record, deadline); !committed) return fail(committed.error());
  return Uploaded{std::move(record), job->cold_start()};
}

Result<void> UploadImage::store_pictures(PictureMaker::Job& job, ImageRecord& record, Deadline deadline) {
  auto main = job.main(deadline);
  if (!main) return fail(main.error());
  record.width = main->width;
  record.height = main->height;
  record.processed_size = main->bytes.size();
  record.placeholder = base64_encode(main->thumb_hash);
  auto main_put = blobs_.start(record.main_key, std::move(main->bytes), blob_meta(record), deadline);

  const std::string thumbnail_key = BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail).text();
  auto thumbnail = job.thumbnail(deadline);
  job.done();
  Result<void> thumbnail_outcome;
  if (thumbnail) {
    thumbnail_outcome = blobs_.start(thumbnail_key, std::move(thumbnail->bytes), blob_meta(record), deadline).get();
  } else {
    thumbnail_outcome = fail(thumbnail.error());
  }
  // Both have ended before anything is removed: a put that is still on its way would come back.
  const Result<void> main_outcome = main_put.get();
  if (main_outcome && thumbnail_outcome) {
    record.thumbnail_key = thumbnail_key;
    return {};
  }
  blobs_.discard({record.main_key, thumbnail_key}, deadline);
  return main_outcome ? thumbnail_outcome : main_outcome;
}

Result<void> UploadImage::commit(const ImageRecord& record, Deadline deadline) {
  auto inserted = metadata_.insert(record, deadline);
  if (inserted) return inserted;
  // The store promises that a failed insert has not happened, so nobody points at these blobs.
  blobs_.discard({record.main_key, *record.thumbnail_key}, Deadline::after(std::chrono::seconds(5)));
  return inserted;
}

}  // namespace tintype
