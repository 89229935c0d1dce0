// DESIGN
// Nothing is put before all blobs of the record have been read and compared with their SHA-256, so that a record which
// the source cannot give whole leaves nothing at the target. Then the blobs, each read back, and the record last: a
// record at the target has its blobs, whenever the process ends, and the next run need not look at them.
#include "service/migrate_record.h"

#include <utility>

#include "base/crypto/sha256.h"
#include "base/text.h"
#include "service/blob_checksum.h"

namespace tintype {
namespace {

bool names(const ImageRecord& record, const std::string& key) {
  return record.main_key == key || record.thumbnail_key == key;
}

bool is_same(const ImageRecord& a, const ImageRecord& b) {
  return a.version == b.version && a.updated_at == b.updated_at && a.text == b.text;
}

}  // namespace

Result<MigrateRecord::Outcome> MigrateRecord::run(Deadline deadline) {
  at_.clear();
  const auto there = target_.metadata.find(record_.image_id, deadline);
  if (!there && there.error().code == ErrorCode::NotFound) return copy(named_and_not_by(nullptr), deadline);
  if (!there) return fail(there.error());
  if (there->version > record_.version || is_same(*there, record_)) return Outcome::Unchanged;
  if (there->version == record_.version) {
    return fail(ErrorCode::VersionMismatch, "the record was changed at both ends, to the same version");
  }
  return copy(named_and_not_by(&*there), deadline);
}

Result<MigrateRecord::Outcome> MigrateRecord::copy(const std::vector<NamedBlob>& named, Deadline deadline) {
  const auto blobs = read(named, deadline);
  if (!blobs && blobs.error().code == ErrorCode::NotFound) {
    const auto gone = is_gone(deadline);
    if (!gone) return fail(gone.error());
    if (*gone) return Outcome::Gone;
  }
  if (!blobs) return fail(blobs.error());
  for (const Blob& blob : *blobs) {
    if (auto stored = put(blob, deadline); !stored) return fail(stored.error());
  }
  at_.clear();
  const auto added = target_.metadata.import_record(record_, deadline);
  if (!added) return fail(added.error());
  return *added ? Outcome::Copied : Outcome::Unchanged;
}

// What the older record at the target names is there.
std::vector<MigrateRecord::NamedBlob> MigrateRecord::named_and_not_by(const ImageRecord* there) const {
  std::vector<NamedBlob> named;
  const auto add = [&](const NamedBlob& blob) {
    if (there == nullptr || !names(*there, blob.key)) named.push_back(blob);
  };
  add({record_.main_key, record_.processed_size, record_.main_sha256});
  if (record_.thumbnail_key) add({*record_.thumbnail_key, std::nullopt, record_.thumbnail_sha256});
  return named;
}

Result<std::vector<MigrateRecord::Blob>> MigrateRecord::read(const std::vector<NamedBlob>& named, Deadline deadline) {
  std::vector<Blob> blobs;
  for (const NamedBlob& one : named) {
    auto blob = read(one, deadline);
    if (!blob) return fail(blob.error());
    blobs.push_back(std::move(*blob));
  }
  return blobs;
}

Result<MigrateRecord::Blob> MigrateRecord::read(const NamedBlob& named, Deadline deadline) {
  at_ = named.key;
  const auto opened = source_.blobs.open(named.key, deadline);
  if (!opened) return fail(opened.error());
  auto bytes = read_all(*opened->bytes, deadline);
  if (!bytes) return fail(bytes.error());
  std::string digest = hex(sha256(*bytes));
  const bool is_known = !named.sha256.empty();
  const bool is_sound =
      is_known ? digest == named.sha256 : !bytes->empty() && bytes->size() == named.size.value_or(bytes->size());
  if (!is_sound) return fail(ErrorCode::Internal, "the source has other bytes than the record says");
  return Blob{named.key, opened->meta, std::move(*bytes), std::move(digest)};
}

Result<void> MigrateRecord::put(const Blob& blob, Deadline deadline) {
  at_ = blob.key;
  const auto stored = target_.blobs.put(blob.key, blob.bytes, blob.meta, deadline);
  const bool was_there = !stored && stored.error().code == ErrorCode::AlreadyExists;
  if (!stored && !was_there) return stored;
  const auto digest = sha256_of_blob(target_.blobs, blob.key, deadline);
  if (!digest) return fail(digest.error());
  if (*digest != blob.sha256) return fail(ErrorCode::AlreadyExists, "the target has other bytes under this key");
  blobs_put_ += was_there ? 0 : 1;
  bytes_put_ += was_there ? 0 : blob.bytes.size();
  return {};
}

Result<bool> MigrateRecord::is_gone(Deadline deadline) {
  const auto record = source_.metadata.find(record_.image_id, deadline);
  if (!record && record.error().code == ErrorCode::NotFound) return true;
  if (!record) return fail(record.error());
  return false;
}

}  // namespace tintype
