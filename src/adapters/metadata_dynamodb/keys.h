// What the partition and sort keys of the tables and their indexes are called. Users are written as in blob keys
// (UserId::key_component), tags and albums with '#' and '%' escaped, so that no two places have one name.
#pragma once

#include <string>
#include <string_view>

#include "adapters/metadata_dynamodb/write.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

// The due index is spread over this many partitions, as all new uploads are written to it.
inline constexpr int kDueShards = 4;

Key image_key(const ImageId& id);
Key tag_key(const ImageId& id, std::string_view tag);
Key upload_key(const UserId& user, const IdempotencyToken& token);
Key verification_key();
Key event_key(const UserId& user, std::string_view event_id);

// Partitions of UserIndex and AlbumIndex: images of the user, or of an album of theirs; with a tag.
std::string user_partition(const UserId& user);
std::string album_partition(const UserId& user, std::string_view album);
std::string tag_partition(const UserId& user, std::string_view tag);
std::string album_tag_partition(const UserId& user, std::string_view album, std::string_view tag);
// Sort keys of both: in the order of (uploadedAt, imageId).
std::string uploaded_sort(UnixTime uploaded_at, const ImageId& id);

// Sort key of events, whose partition is that of their user: in the order of their ids.
std::string event_sort(std::string_view event_id);

// What the due index holds, in partitions of its own each; an item is in one at a time.
enum class DueKind {
  Step,          // of the journal: a claim, or a deletion
  Derivation,    // a record that is processing, by its redrive_at
  Announcement,  // an event that has not been announced, by its time
  Event,         // any other event
};

// Partition `shard` of the due index; that of an item, by its image; sort keys in the order of the times. `id` is the
// image's, or the event's.
std::string due_partition(DueKind kind, int shard);
std::string due_partition(DueKind kind, const ImageId& image);
std::string due_sort(UnixTime due, std::string_view id);
// Not less than any sort key of a time that is not after `now`, and less than all others.
std::string due_sort_up_to(UnixTime now);

}  // namespace tintype::dynamodb
