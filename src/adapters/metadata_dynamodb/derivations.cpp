// DESIGN. All of it is in the image's own item, so that each step is one conditional write there, and the event beside
// it (outbox.h). A record that is processing has its place in the due index by its redrive_at. The same index is for
// deletions; but a record that is processing refers to all keys of its image, so that it has no deletion beside it.
// Rejected: an item of its own for redrive_at, which is a second thing to keep true on engines without transactions.
#include "adapters/metadata_dynamodb/derivations.h"

#include "adapters/metadata_dynamodb/due_items.h"
#include "adapters/metadata_dynamodb/outbox.h"
#include "adapters/metadata_dynamodb/turns.h"

namespace tintype::dynamodb {
namespace {

// What an image becomes.
struct Step {
  ImageRecord record;
  std::optional<Deletion> deletion = {};
  std::optional<ImageEvent> event = {};
};

bool is_next(const ImageItem& image, std::int64_t version) {
  return image.record && image.record->thumbnail_version == version - 1;
}

bool is_watched(const ImageRecord& record) {
  return record.status == ProcessingStatus::Processing && record.redrive_at;
}

void end_processing(ImageRecord& record, ProcessingStatus status, UnixTime now) {
  record.status = status;
  record.redrive_at.reset();
  record.updated_at = now;
  ++record.version;
}

Step finished(ImageRecord record, const Derivative& made, UnixTime now) {
  record.thumbnail_key = made.key;
  record.thumbnail_version = made.version;
  record.thumbnail_sha256 = made.sha256;
  record.thumbnail_recipe = made.recipe;
  record.processing_error.reset();
  end_processing(record, ProcessingStatus::Completed, now);
  ImageEvent event = event_of(record, ImageEventType::Completed, now);
  return {.record = std::move(record), .event = std::move(event)};
}

Step given_up(const ImageItem& image, const std::string& key, const std::string& error, UnixTime now) {
  Step step{.record = *image.record, .deletion = new_deletion_of(image, image.record->image_id, {key}, now)};
  ++step.record.thumbnail_version;
  if (step.record.thumbnail_key) return step;
  step.record.processing_error = error;
  end_processing(step.record, ProcessingStatus::Failed, now);
  step.event = event_of(step.record, ImageEventType::Failed, now);
  return step;
}

Result<Written> write_step(Database& database, const ImageItem& seen, const Step& step, Deadline deadline) {
  Write put = as_seen(Write::Kind::Put, step.record.image_id, seen);
  put.item = seen.raw;
  write_image_record(put.item, step.record);
  if (step.deletion) write_deletion(put.item, *step.deletion);
  return step.event ? write_with_event(database, std::move(put), *step.event, deadline)
                    : database.write_or_tell(put, deadline);
}

// Whether the image is as `ours`, whose answer was lost, has made it.
bool is_result_of(const ImageItem& image, const std::optional<Step>& ours) {
  if (!ours || !image.record) return false;
  const ImageRecord& there = *image.record;
  const bool has_entry = !ours->deletion || (image.deletion && image.deletion->entry == ours->deletion->entry);
  return has_entry && there.version == ours->record.version && there.updated_at == ours->record.updated_at &&
         there.thumbnail_version == ours->record.thumbnail_version &&
         there.thumbnail_key == ours->record.thumbnail_key && there.redrives == ours->record.redrives &&
         there.redrive_at == ours->record.redrive_at;
}

// Writes what `step_from` makes of the image, until nobody else has changed it meanwhile. nullopt: it makes nothing.
template <typename StepFrom>
Result<std::optional<ImageRecord>> take_step(Database& database, const ImageId& id, const StepFrom& step_from,
                                             Deadline deadline) {
  std::optional<Step> ours;
  for (Turns turns(deadline); turns.next();) {
    const auto image = find_settled(database, id, deadline);
    if (!image) return fail(image.error());
    if (is_result_of(*image, ours)) return std::optional(std::move(ours->record));
    std::optional<Step> step = image->record ? step_from(*image) : std::nullopt;
    if (!step) return std::optional<ImageRecord>();
    const auto written = write_step(database, *image, *step, deadline);
    if (!written) return fail(written.error());
    if (*written == Written::Done) return std::optional(std::move(step->record));
    ours = *written == Written::RefusedAfterLostAnswer ? std::move(step) : std::nullopt;
  }
  return too_many_turns(deadline);
}

}  // namespace

Result<std::optional<ImageRecord>> finish(Database& database, const ImageId& id, const Derivative& made, UnixTime now,
                                          Deadline deadline) {
  const auto step = [&](const ImageItem& image) {
    return is_next(image, made.version) ? std::optional(finished(*image.record, made, now)) : std::nullopt;
  };
  return take_step(database, id, step, deadline);
}

Result<std::optional<ImageRecord>> give_up(Database& database, const ImageId& id, std::int64_t version,
                                           const std::string& key, const std::string& error, UnixTime now,
                                           Deadline deadline) {
  const auto step = [&](const ImageItem& image) {
    return is_next(image, version) ? std::optional(given_up(image, key, error, now)) : std::nullopt;
  };
  return take_step(database, id, step, deadline);
}

Result<std::vector<ImageRecord>> due_derivations(Database& database, UnixTime now, int limit, Deadline deadline) {
  const auto named = due_items(database, Table::Images, DueKind::Derivation, now, limit, deadline);
  if (!named) return fail(named.error());
  std::vector<Key> keys;
  for (const Item& item : *named) {
    keys.push_back({Table::Images, text_of(item, "PK").value_or(""), text_of(item, "SK").value_or("")});
  }
  auto items = database.get_all(keys, deadline);
  if (!items) return fail(items.error());
  std::vector<ImageRecord> due;
  for (Item& item : *items) {
    auto image = read_image(std::move(item));
    if (!image) return fail(image.error());
    if (image->record && is_watched(*image->record) && *image->record->redrive_at <= now) {
      due.push_back(std::move(*image->record));
    }
  }
  std::ranges::sort(due, {}, [](const ImageRecord& r) { return std::pair(*r.redrive_at, r.image_id.text()); });
  return due;
}

Result<bool> postpone(Database& database, const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) {
  const auto step = [&](const ImageItem& image) {
    const ImageRecord& record = *image.record;
    const bool is_as_seen =
        is_watched(record) && record.redrive_at == seen.redrive_at && record.redrives == seen.redrives;
    if (!is_as_seen) return std::optional<Step>();
    Step postponed{.record = record};
    postponed.record.redrive_at = redrive_at;
    ++postponed.record.redrives;
    return std::optional(std::move(postponed));
  };
  const auto postponed = take_step(database, seen.image_id, step, deadline);
  if (!postponed) return fail(postponed.error());
  return postponed->has_value();
}

}  // namespace tintype::dynamodb
