#include "service/verify_records.h"

#include "service/blob_checksum.h"

namespace tintype {
namespace {

constexpr int kPage = 500;

// ValidationFailed: under a text that is no key there is no blob.
bool means_absent(const Error& error) {
  return error.code == ErrorCode::NotFound || error.code == ErrorCode::ValidationFailed;
}

}  // namespace

Result<std::int64_t> VerifyRecords::run() {
  std::optional<ImageId> after;
  std::int64_t seen = 0;
  std::int64_t named = 0;
  for (;;) {
    const auto page = metadata_.records_after(after, kPage, run_.deadline());
    if (!page) return fail(page.error());
    for (const ImageRecord& record : *page) {
      if (auto going_on = run_.go_on({"records", seen}); !going_on) return fail(going_on.error());
      ++seen;
      named += record.thumbnail_key ? 2 : 1;
      if (!run_.looks_at(record.image_id)) continue;
      if (auto looked = look_at(record); !looked) return fail(looked.error());
    }
    if (page->size() < kPage) break;
    after = page->back().image_id;
  }
  run_.tell({"records", seen, seen});
  return named;
}

Result<void> VerifyRecords::look_at(const ImageRecord& record) {
  ++run_.report().records;
  auto main = look_at({record.image_id, record.main_key, record.processed_size, record.main_sha256});
  if (!main || !record.thumbnail_key) return main;
  return look_at({record.image_id, *record.thumbnail_key, std::nullopt, record.thumbnail_sha256});
}

// The record is looked up last: a record that is there now was there at both looks, since ids do not come back. So the
// blobs that a deletion has just removed are no finding.
Result<void> VerifyRecords::look_at(const NamedBlob& blob) {
  auto state = state_of(blob);
  if (!state) return fail(state.error());
  if (*state == State::Sound) return {};
  state = state_of(blob);
  if (!state) return fail(state.error());
  if (*state == State::Sound) return {};
  const auto named = is_still_named(blob);
  if (!named) return fail(named.error());
  if (*named) run_.found(*state == State::Missing ? Finding::Missing : Finding::Corrupt, blob.key, blob.image);
  return {};
}

Result<VerifyRecords::State> VerifyRecords::state_of(const NamedBlob& blob) {
  const auto entry = blobs_.stat(blob.key, run_.deadline());
  if (!entry && means_absent(entry.error())) return State::Missing;
  if (!entry) return fail(entry.error());
  if (entry->size == 0 || entry->size != blob.size.value_or(entry->size)) return State::Corrupt;
  if (!run_.options().checksums || blob.sha256.empty()) return State::Sound;
  const auto sha256 = sha256_of_blob(blobs_, blob.key, run_.deadline());
  if (!sha256 && means_absent(sha256.error())) return State::Missing;
  if (!sha256) return fail(sha256.error());
  return *sha256 == blob.sha256 ? State::Sound : State::Corrupt;
}

Result<bool> VerifyRecords::is_still_named(const NamedBlob& blob) {
  const auto record = metadata_.find(blob.image, run_.deadline());
  if (!record && record.error().code == ErrorCode::NotFound) return false;
  if (!record) return fail(record.error());
  return record->main_key == blob.key || record->thumbnail_key == blob.key;
}

}  // namespace tintype
