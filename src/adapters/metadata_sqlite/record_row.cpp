#include "adapters/metadata_sqlite/record_row.h"

#include <array>
#include <boost/json.hpp>

#include "adapters/sqlite/sqlite_error.h"

namespace tintype::sqlite {
namespace {

namespace column {
enum : int {
  ImageId,
  UserId,
  AlbumId,
  Title,
  Description,
  AltText,
  Tags,
  OriginalFilename,
  SourceFormat,
  FileSize,
  ProcessedSize,
  Width,
  Height,
  SourcePages,
  Quality,
  MainKey,
  ThumbnailKey,
  Status,
  ProcessingError,
  Placeholder,
  ContentSha256,
  CreatedAt,
  UpdatedAt,
  UploadedAt,
  Version,
  MainSha256,
  ThumbnailSha256,
  ThumbnailRecipe,
  ThumbnailVersion,
  RedriveAt,
  Redrives,
  Count,
};
}  // namespace column

// In the order of the enumerators.
constexpr std::array<std::string_view, column::Count> kNames = {
    "image_id",
    "user_id",
    "album_id",
    "title",
    "description",
    "alt_text",
    "tags",
    "original_filename",
    "source_format",
    "file_size",
    "processed_size",
    "width",
    "height",
    "source_pages",
    "quality",
    "main_key",
    "thumbnail_key",
    "status",
    "processing_error",
    "placeholder",
    "content_sha256",
    "created_at",
    "updated_at",
    "uploaded_at",
    "version",
    "main_sha256",
    "thumbnail_sha256",
    "thumbnail_recipe",
    "thumbnail_version",
    "redrive_at",
    "redrives",
};

std::string joined_names(std::string_view prefix) {
  std::string joined;
  for (const std::string_view name : kNames) {
    if (!joined.empty()) joined += ", ";
    joined.append(prefix).append(name);
  }
  return joined;
}

std::optional<ImageFormat> parse_format(std::string_view name) {
  for (const ImageFormat format : {ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp}) {
    if (format_name(format) == name) return format;
  }
  return std::nullopt;
}

std::optional<std::int64_t> to_optional_milliseconds(std::optional<UnixTime> time) {
  return time ? std::optional(to_milliseconds(*time)) : std::nullopt;
}

ImageText read_text(const Statement& row, std::vector<std::string> tags) {
  return ImageText{
      .album_id = row.optional_text(column::AlbumId),
      .title = row.optional_text(column::Title),
      .description = row.optional_text(column::Description),
      .alt_text = row.optional_text(column::AltText),
      .tags = std::move(tags),
  };
}

}  // namespace

std::string record_columns() {
  return joined_names("");
}

std::string qualified_record_columns() {
  return joined_names("images.");
}

std::string record_placeholders() {
  std::string placeholders = "?";
  for (int i = 1; i < column::Count; ++i) placeholders += ", ?";
  return placeholders;
}

void bind_record(Statement& statement, const ImageRecord& record) {
  const ImageText& text = record.text;
  statement.bind(record.image_id.text(), record.user_id.text(), text.album_id, text.title, text.description,
                 text.alt_text, to_json_array(text.tags), record.original_filename, format_name(record.source_format),
                 static_cast<std::int64_t>(record.file_size), static_cast<std::int64_t>(record.processed_size),
                 std::int64_t{record.width}, std::int64_t{record.height}, std::int64_t{record.source_pages},
                 std::int64_t{record.quality}, record.main_key, record.thumbnail_key, status_name(record.status),
                 record.processing_error, record.placeholder, record.content_sha256, to_milliseconds(record.created_at),
                 to_milliseconds(record.updated_at), to_milliseconds(record.uploaded_at), record.version,
                 record.main_sha256, record.thumbnail_sha256, record.thumbnail_recipe, record.thumbnail_version,
                 to_optional_milliseconds(record.redrive_at), std::int64_t{record.redrives});
}

Result<ImageRecord> read_record(const Statement& row) {
  const auto id = ImageId::parse(row.text(column::ImageId));
  const auto user = UserId::parse(row.text(column::UserId));
  const auto format = parse_format(row.text(column::SourceFormat));
  const auto status = parse_status(row.text(column::Status));
  auto tags = parse_json_array(row.text(column::Tags));
  if (!id || !user || !format || !status || !tags) {
    return fail(to_error(SQLITE_CORRUPT, "no record can be read from the row of image " + row.text(column::ImageId)));
  }
  return ImageRecord{
      .image_id = *id,
      .user_id = *user,
      .text = read_text(row, std::move(*tags)),
      .original_filename = row.text(column::OriginalFilename),
      .source_format = *format,
      .file_size = static_cast<std::uint64_t>(row.integer(column::FileSize)),
      .processed_size = static_cast<std::uint64_t>(row.integer(column::ProcessedSize)),
      .width = static_cast<int>(row.integer(column::Width)),
      .height = static_cast<int>(row.integer(column::Height)),
      .source_pages = static_cast<int>(row.integer(column::SourcePages)),
      .quality = static_cast<int>(row.integer(column::Quality)),
      .main_key = row.text(column::MainKey),
      .thumbnail_key = row.optional_text(column::ThumbnailKey),
      .status = *status,
      .processing_error = row.optional_text(column::ProcessingError),
      .placeholder = row.text(column::Placeholder),
      .content_sha256 = row.text(column::ContentSha256),
      .main_sha256 = row.text(column::MainSha256),
      .thumbnail_sha256 = row.text(column::ThumbnailSha256),
      .thumbnail_recipe = row.text(column::ThumbnailRecipe),
      .thumbnail_version = row.integer(column::ThumbnailVersion),
      .redrive_at = row.is_null(column::RedriveAt) ? std::nullopt : std::optional(time_at(row, column::RedriveAt)),
      .redrives = static_cast<int>(row.integer(column::Redrives)),
      .created_at = time_at(row, column::CreatedAt),
      .updated_at = time_at(row, column::UpdatedAt),
      .uploaded_at = time_at(row, column::UploadedAt),
      .version = row.integer(column::Version),
  };
}

std::string to_json_array(const std::vector<std::string>& strings) {
  boost::json::array array;
  for (const std::string& string : strings) array.emplace_back(string);
  return boost::json::serialize(array);
}

Result<std::vector<std::string>> parse_json_array(const std::string& json) {
  boost::json::error_code error;
  const boost::json::value parsed = boost::json::parse(json, error);
  if (error || !parsed.is_array()) return fail(to_error(SQLITE_CORRUPT, "not a JSON array: " + json));
  std::vector<std::string> strings;
  for (const boost::json::value& element : parsed.get_array()) {
    if (!element.is_string()) return fail(to_error(SQLITE_CORRUPT, "not an array of strings: " + json));
    strings.emplace_back(element.get_string());
  }
  return strings;
}

}  // namespace tintype::sqlite
