#include "adapters/metadata_dynamodb/record_item.h"

#include "adapters/metadata_dynamodb/keys.h"

namespace tintype::dynamodb {
namespace {

std::optional<ImageFormat> parse_mime_type(std::string_view text) {
  for (const ImageFormat format : {ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp}) {
    if (mime_type(format) == text) return format;
  }
  return std::nullopt;
}

void set_number(Item& item, std::string_view name, std::int64_t number) {
  item.insert_or_assign(name, number_value(number));
}

void set_time(Item& item, std::string_view name, UnixTime time) {
  item.insert_or_assign(name, text_value(to_rfc3339(time)));
}

void write_text(Item& item, const ImageText& text) {
  set_text(item, "albumId", text.album_id);
  set_text(item, "title", text.title);
  set_text(item, "description", text.description);
  set_text(item, "altText", text.alt_text);
  item.insert_or_assign("tags", list_value(text.tags));
}

void write_index_keys(Item& item, const ImageRecord& record) {
  const std::string sort = uploaded_sort(record.uploaded_at, record.image_id);
  set_text(item, kUserIndex.partition, user_partition(record.user_id));
  set_text(item, kUserIndex.sort, sort);
  const auto& album = record.text.album_id;
  set_text(item, kAlbumIndex.partition, album ? std::optional(album_partition(record.user_id, *album)) : std::nullopt);
  set_text(item, kAlbumIndex.sort, album ? std::optional(sort) : std::nullopt);
}

// Reads attributes that must be there, and remembers whether one was not.
class Reader {
 public:
  explicit Reader(const Item& item) : item_(item) {}

  std::string text(std::string_view name) { return required(text_of(item_, name)); }
  std::int64_t number(std::string_view name) { return required(number_of(item_, name)); }
  UnixTime time(std::string_view name) { return required(parse_rfc3339(text(name))); }
  std::vector<std::string> list(std::string_view name) { return required(list_of(item_, name)); }

  template <typename Value>
  Value required(std::optional<Value> value) {
    whole_ = whole_ && value.has_value();
    return value ? std::move(*value) : Value();
  }
  bool whole() const { return whole_; }

 private:
  const Item& item_;
  bool whole_ = true;
};

ImageText read_text(const Item& item, Reader& reader) {
  return {.album_id = text_of(item, "albumId"),
          .title = text_of(item, "title"),
          .description = text_of(item, "description"),
          .alt_text = text_of(item, "altText"),
          .tags = reader.list("tags")};
}

}  // namespace

void write_record(Item& item, const ImageRecord& record) {
  set_text(item, "imageId", record.image_id.text());
  set_text(item, "userId", record.user_id.text());
  write_text(item, record.text);
  set_text(item, "originalFilename", record.original_filename);
  set_text(item, "mimeType", std::string(mime_type(record.source_format)));
  set_number(item, "fileSize", static_cast<std::int64_t>(record.file_size));
  set_number(item, "processedSize", static_cast<std::int64_t>(record.processed_size));
  set_number(item, "width", record.width);
  set_number(item, "height", record.height);
  set_number(item, "sourcePages", record.source_pages);
  set_number(item, "quality", record.quality);
  set_text(item, kRecordMark, record.main_key);
  set_text(item, "thumbnailKey", record.thumbnail_key);
  set_text(item, "processingStatus", std::string(status_name(record.status)));
  set_text(item, "processingError", record.processing_error);
  set_text(item, "placeholder", record.placeholder);
  set_text(item, "contentSha256", record.content_sha256);
  set_text(item, "mainSha256", record.main_sha256);
  set_text(item, "thumbnailSha256", record.thumbnail_sha256);
  set_text(item, "thumbnailRecipe", record.thumbnail_recipe);
  set_number(item, "thumbnailVersion", record.thumbnail_version);
  set_text(item, "redriveAt", record.redrive_at ? std::optional(to_rfc3339(*record.redrive_at)) : std::nullopt);
  set_number(item, "redrives", record.redrives);
  set_time(item, "createdAt", record.created_at);
  set_time(item, "updatedAt", record.updated_at);
  set_time(item, "uploadedAt", record.uploaded_at);
  set_number(item, "version", record.version);
  write_index_keys(item, record);
}

// Items of releases that made every thumbnail with its picture lack what is kept of later ones.
Result<ImageRecord> read_record(const Item& item) {
  Reader reader(item);
  const std::string id_text = reader.text("imageId");
  const auto id = ImageId::parse(id_text);
  const auto user = UserId::parse(reader.text("userId"));
  const auto format = parse_mime_type(reader.text("mimeType"));
  const auto status = parse_status(reader.text("processingStatus"));
  if (!id || !user || !format || !status) return unreadable("the record of image " + id_text);
  ImageRecord record{.image_id = *id,
                     .user_id = *user,
                     .text = read_text(item, reader),
                     .original_filename = reader.text("originalFilename"),
                     .source_format = *format,
                     .file_size = static_cast<std::uint64_t>(reader.number("fileSize")),
                     .processed_size = static_cast<std::uint64_t>(reader.number("processedSize")),
                     .width = static_cast<int>(reader.number("width")),
                     .height = static_cast<int>(reader.number("height")),
                     .source_pages = static_cast<int>(reader.number("sourcePages")),
                     .quality = static_cast<int>(reader.number("quality")),
                     .main_key = reader.text(kRecordMark),
                     .thumbnail_key = text_of(item, "thumbnailKey"),
                     .status = *status,
                     .processing_error = text_of(item, "processingError"),
                     .placeholder = reader.text("placeholder"),
                     .content_sha256 = reader.text("contentSha256"),
                     .main_sha256 = reader.text("mainSha256"),
                     .thumbnail_sha256 = reader.text("thumbnailSha256"),
                     .thumbnail_recipe = text_of(item, "thumbnailRecipe").value_or(""),
                     .thumbnail_version = number_of(item, "thumbnailVersion").value_or(1),
                     .redrive_at = parse_rfc3339(text_of(item, "redriveAt").value_or("")),
                     .redrives = static_cast<int>(number_of(item, "redrives").value_or(0)),
                     .created_at = reader.time("createdAt"),
                     .updated_at = reader.time("updatedAt"),
                     .uploaded_at = reader.time("uploadedAt"),
                     .version = reader.number("version")};
  if (!reader.whole()) return unreadable("the record of image " + id_text);
  return record;
}

Item tag_item(const ImageRecord& record, std::string_view tag) {
  Item item;
  const std::string sort = uploaded_sort(record.uploaded_at, record.image_id);
  const auto& album = record.text.album_id;
  set_text(item, "imageId", record.image_id.text());
  item.insert_or_assign("taggedVersion", number_value(record.version));
  set_text(item, kUserIndex.partition, tag_partition(record.user_id, tag));
  set_text(item, kUserIndex.sort, sort);
  if (!album) return item;
  set_text(item, kAlbumIndex.partition, album_tag_partition(record.user_id, *album, tag));
  set_text(item, kAlbumIndex.sort, sort);
  return item;
}

tl::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later",
              "unreadable: " + std::string(what));
}

}  // namespace tintype::dynamodb
