#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_format.h"
#include "model/image_format.h"
#include "model/image_id.h"
#include "model/user_id.h"

namespace tintype {

enum class ProcessingStatus { Pending, Processing, Completed, Failed };

// "pending", "processing", "completed", "failed".
std::string_view status_name(ProcessingStatus status);
std::optional<ProcessingStatus> parse_status(std::string_view name);

// What the owner says about an image; all of it can be changed later.
struct ImageText {
  std::optional<std::string> album_id = {};
  std::optional<std::string> title = {};
  std::optional<std::string> description = {};
  std::optional<std::string> alt_text = {};
  std::vector<std::string> tags = {};

  friend bool operator==(const ImageText&, const ImageText&) = default;
};

// Everything known of one image: the unit of storage, of listing, and of the API's answers.
struct ImageRecord {
  ImageId image_id;
  UserId user_id;
  ImageText text = {};

  std::string original_filename = {};
  ImageFormat source_format = ImageFormat::Jpeg;  // what was uploaded; the API's mimeType
  std::uint64_t file_size = 0;                    // bytes uploaded
  std::uint64_t processed_size = 0;               // bytes of the stored main picture
  int width = 0;                                  // of the main picture, upright
  int height = 0;
  int source_pages = 1;  // frames of the upload; the first is kept
  int quality = 0;       // WebP quality of the main picture

  std::string main_key = {};
  std::optional<std::string> thumbnail_key = {};  // none while processing
  ProcessingStatus status = ProcessingStatus::Completed;
  std::optional<std::string> processing_error = {};
  std::string placeholder = {};       // ThumbHash in base64
  std::string content_sha256 = {};    // of the uploaded bytes, hex
  std::string main_sha256 = {};       // of the stored main picture, hex; empty if it was stored before this was kept
  std::string thumbnail_sha256 = {};  // the same of the thumbnail
  std::string thumbnail_recipe = {};  // that made it (model/recipe.h); empty if it was stored before this was kept
  // The version of the thumbnail's key that was last made or given up; the next one is one more. 0: none yet.
  std::int64_t thumbnail_version = 1;
  // While it is processing: when to look whether the job for it was lost, and how often that has been done.
  std::optional<UnixTime> redrive_at = {};
  int redrives = 0;

  UnixTime created_at = {};
  UnixTime updated_at = {};
  UnixTime uploaded_at = {};
  std::int64_t version = 1;  // counts changes, from 1
};

}  // namespace tintype
