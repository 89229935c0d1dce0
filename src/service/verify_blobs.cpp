// DESIGN
// One listing of everything, rather than one for each user or prefix: what is none of ours is then seen too, and there
// is no prefix to get wrong (a listing of "user1" also has "user10").
// What the listing shows is old news by the time it is asked about, and a repair that trusts old news deletes
// originals. So a blob is an orphan only if nothing refers to it at two times after it was listed and if it is still
// there then, and it is removed only by way of MetadataStore::bury, which asks for the last time and makes the key dead
// in one step: an upload that has claimed the key meanwhile keeps it, and one that comes later cannot get it.
#include "service/verify_blobs.h"

#include <utility>

namespace tintype {
namespace {

constexpr std::size_t kBatch = 500;
// So that a blob store which hangs takes the time of one repair, not of the run.
constexpr std::chrono::seconds kTimeOfARepair{30};

}  // namespace

Result<void> VerifyBlobs::run(std::int64_t expected) {
  expected_ = expected;
  Result<void> looked;
  const auto visit = [&](const BlobEntry& entry) {
    looked = look_at(entry);
    return looked.has_value();
  };
  const auto listed = blobs_.list("", visit, run_.deadline());
  if (!looked) return looked;
  if (!listed) return fail(listed.error());
  if (auto rest = look_at_batch(); !rest) return rest;
  run_.tell({"blobs", seen_, seen_});
  return {};
}

Result<void> VerifyBlobs::look_at(const BlobEntry& entry) {
  if (auto going_on = run_.go_on({"blobs", seen_, expected_}); !going_on) return going_on;
  ++seen_;
  const auto key = BlobKey::parse(entry.key);
  if (!key) {
    run_.found_unknown(entry.key);
    return {};
  }
  if (!run_.looks_at(key->image())) return {};
  ++run_.report().blobs;
  const bool is_young = clock_.now() - entry.modified < run_.options().grace;
  if (is_young) return {};
  batch_.push_back(*key);
  return batch_.size() < kBatch ? Result<void>() : look_at_batch();
}

Result<void> VerifyBlobs::look_at_batch() {
  const auto batch = std::exchange(batch_, {});
  const auto suspects = unreferenced(batch);
  if (!suspects) return fail(suspects.error());
  const auto orphans = unreferenced(*suspects);
  if (!orphans) return fail(orphans.error());
  for (const BlobKey& key : *orphans) {
    if (auto going_on = run_.go_on({"blobs", seen_, expected_}); !going_on) return going_on;
    const auto there = is_there(key);
    if (!there) return fail(there.error());
    if (!*there) continue;
    if (auto dealt = deal_with_orphan(key); !dealt) return dealt;
  }
  return {};
}

Result<std::vector<BlobKey>> VerifyBlobs::unreferenced(const std::vector<BlobKey>& keys) {
  std::vector<BlobKey> found;
  if (keys.empty()) return found;
  std::vector<std::string> texts;
  for (const BlobKey& key : keys) texts.push_back(key.text());
  const auto loose = metadata_.unreferenced(texts, run_.deadline());
  if (!loose) return fail(loose.error());
  for (const std::string& text : *loose) {
    if (auto key = BlobKey::parse(text)) found.push_back(std::move(*key));
  }
  return found;
}

Result<void> VerifyBlobs::deal_with_orphan(const BlobKey& key) {
  if (!run_.options().repair) {
    run_.found(Finding::Orphaned, key.text(), key.image());
    return {};
  }
  const auto buried = metadata_.bury(key.image(), std::span(&key.text(), 1), clock_.now(), run_.deadline());
  if (!buried) return fail(buried.error());
  if (!*buried) return {};  // somebody refers to it after all
  // If that fails, the sweeper goes on with it, but at the end of this run it is still an orphan.
  const bool removed = finish_.run(**buried, Deadline::after(kTimeOfARepair).earlier_of(run_.deadline()));
  run_.found(removed ? Finding::Repaired : Finding::Orphaned, key.text(), key.image());
  return {};
}

Result<bool> VerifyBlobs::is_there(const BlobKey& key) {
  const auto entry = blobs_.stat(key.text(), run_.deadline());
  if (!entry && entry.error().code == ErrorCode::NotFound) return false;
  if (!entry) return fail(entry.error());
  return true;
}

}  // namespace tintype
