#include "model/image_event.h"

#include <array>

#include "base/ulid.h"

namespace tintype {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kNames = {"processing", "completed", "failed", "deleted"};

}  // namespace

std::string_view event_name(ImageEventType type) {
  return kNames.at(static_cast<std::size_t>(type));
}

std::optional<ImageEventType> parse_event_name(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ImageEventType>(found - kNames.begin());
}

// The random bits are the image's own, so that no other image has them, and the step tells its events apart.
ImageEvent event_of(const ImageRecord& record, ImageEventType type, UnixTime at) {
  const auto step = static_cast<std::uint64_t>(record.version) * kNames.size() + static_cast<std::uint64_t>(type);
  return {.id = ulid_beside(record.image_id.text(), static_cast<std::uint64_t>(at.time_since_epoch().count()), step),
          .type = type,
          .user = record.user_id,
          .image_id = record.image_id,
          .at = at,
          .version = record.version,
          .thumbnail_key = type == ImageEventType::Deleted ? std::nullopt : record.thumbnail_key,
          .error = type == ImageEventType::Failed ? record.processing_error : std::nullopt};
}

UnixTime time_of_change(const ImageRecord& record, UnixTime now) {
  return std::max(now, std::max(record.updated_at, record.uploaded_at) + std::chrono::milliseconds(1));
}

ImageEvent upload_event(const ImageRecord& record) {
  const bool is_done = record.status == ProcessingStatus::Completed;
  return event_of(record, is_done ? ImageEventType::Completed : ImageEventType::Processing, record.uploaded_at);
}

}  // namespace tintype
