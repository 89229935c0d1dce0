#include "tests/support/record_maker.h"

#include <gmock/gmock.h>

#include "model/blob_key.h"

namespace tintype::testing_support {
namespace {

// Fields print as gtest prints them, so that "" and nullopt differ.
template <typename Value>
void line(std::string& text, std::string_view name, const Value& value) {
  text.append(name).append(": ").append(testing::PrintToString(value)).append("\n");
}

std::int64_t milliseconds(UnixTime time) {
  return time.time_since_epoch().count();
}

}  // namespace

UserId user(std::string_view text) {
  return UserId::parse(text).value();
}

std::string describe(const ImageRecord& record) {
  std::string text;
  line(text, "image_id", record.image_id.text());
  line(text, "user_id", record.user_id.text());
  line(text, "album_id", record.text.album_id);
  line(text, "title", record.text.title);
  line(text, "description", record.text.description);
  line(text, "alt_text", record.text.alt_text);
  line(text, "tags", record.text.tags);
  line(text, "original_filename", record.original_filename);
  line(text, "source_format", format_name(record.source_format));
  line(text, "file_size", record.file_size);
  line(text, "processed_size", record.processed_size);
  line(text, "width", record.width);
  line(text, "height", record.height);
  line(text, "source_pages", record.source_pages);
  line(text, "quality", record.quality);
  line(text, "main_key", record.main_key);
  line(text, "thumbnail_key", record.thumbnail_key);
  line(text, "status", status_name(record.status));
  line(text, "processing_error", record.processing_error);
  line(text, "placeholder", record.placeholder);
  line(text, "content_sha256", record.content_sha256);
  line(text, "created_at", milliseconds(record.created_at));
  line(text, "updated_at", milliseconds(record.updated_at));
  line(text, "uploaded_at", milliseconds(record.uploaded_at));
  line(text, "version", record.version);
  line(text, "main_sha256", record.main_sha256);
  line(text, "thumbnail_sha256", record.thumbnail_sha256);
  line(text, "thumbnail_recipe", record.thumbnail_recipe);
  line(text, "thumbnail_version", record.thumbnail_version);
  line(text, "redrive_at", record.redrive_at ? std::optional(milliseconds(*record.redrive_at)) : std::nullopt);
  line(text, "redrives", record.redrives);
  return text;
}

ImageId RecordMaker::next_id() {
  return ImageId::parse(ids_.next(kStart)).value();
}

ImageRecord RecordMaker::next() {
  const std::int64_t number = ++count_;
  const ImageId id = next_id();
  const UnixTime uploaded_at{std::chrono::milliseconds(kStart + number)};
  return ImageRecord{
      .image_id = id,
      .user_id = owner_,
      .original_filename = "holiday " + std::to_string(number) + ".jpg",
      .file_size = static_cast<std::uint64_t>(1'000'000 + number),
      .processed_size = static_cast<std::uint64_t>(200'000 + number),
      .width = static_cast<int>(1000 + number % 1000),
      .height = static_cast<int>(500 + number % 500),
      .quality = 85,
      .main_key = BlobKey::of(owner_, id, Variant::Main).text(),
      .thumbnail_key = BlobKey::of(owner_, id, Variant::Thumbnail).text(),
      .placeholder = "1QcSHQRnh493V4dIh4eXh1h4kJUI",
      .content_sha256 = std::string(64 - 8, '0') + std::to_string(10'000'000 + number),
      .created_at = uploaded_at - std::chrono::milliseconds(2),
      .updated_at = uploaded_at - std::chrono::milliseconds(1),
      .uploaded_at = uploaded_at,
  };
}

ImageRecord RecordMaker::next_in(std::string_view album, std::vector<std::string> tags) {
  ImageRecord record = next_tagged(std::move(tags));
  record.text.album_id = album;
  return record;
}

ImageRecord RecordMaker::next_tagged(std::vector<std::string> tags) {
  ImageRecord record = next();
  record.text.tags = std::move(tags);
  return record;
}

ImageRecord RecordMaker::next_processing() {
  ImageRecord record = next();
  record.thumbnail_key.reset();
  record.thumbnail_version = 0;
  record.status = ProcessingStatus::Processing;
  record.redrive_at = record.uploaded_at + std::chrono::minutes(1);
  return record;
}

ImageRecord RecordMaker::next_full() {
  ImageRecord record = next_in("Ferien/2026 \"Süd\"", {"zebra", "人物", "a,b [c] \"d\"\\"});
  record.text.title = "Grüße aus Þórshöfn";
  record.text.description = "first line\n\tsecond line 🏔";
  record.text.alt_text = "";  // set and empty is not the same as absent
  record.original_filename = "IMG 0001'); DROP TABLE images;--.png";
  record.source_format = ImageFormat::Png;
  record.file_size = 5'000'000'000;  // needs more than 32 bits
  record.source_pages = 12;
  record.main_sha256 = std::string(64, 'a');
  record.thumbnail_sha256 = std::string(64, 'b');
  record.thumbnail_recipe = "thumbnail@1 400x400 cover webp q80 m2 libwebp/1.2.4";
  record.thumbnail_version = 123'456'789;
  record.redrive_at = record.uploaded_at + std::chrono::milliseconds(60'001);
  record.redrives = 3;
  record.status = ProcessingStatus::Failed;
  record.processing_error = "the thumbnail could not be made";
  record.version = 3'000'000'000;
  return record;
}

}  // namespace tintype::testing_support
