#include "adapters/metadata_dynamodb/claim_item.h"

#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/record_item.h"

namespace tintype::dynamodb {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"PENDING", "FAILED", "COMPLETED", "EXPIRED"};

std::optional<ClaimStatus> parse_claim_status(std::string_view name) {
  const auto* const found = std::ranges::find(kStatusNames, name);
  if (found == kStatusNames.end()) return std::nullopt;
  return static_cast<ClaimStatus>(found - kStatusNames.begin());
}

boost::json::value milliseconds_value(UnixTime time) {
  return number_value(std::int64_t{time.time_since_epoch().count()});
}

UnixTime time_of(std::int64_t milliseconds) {
  return UnixTime(UnixTime::duration(milliseconds));
}

void require(Write& write, std::string_view condition) {
  write.condition += (write.condition.empty() ? "" : " AND ") + std::string(condition);
}

}  // namespace

std::string_view claim_status_name(ClaimStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

Result<std::optional<StoredClaim>> find_claim(Database& database, const UserId& user, const IdempotencyToken& token,
                                              Deadline deadline) {
  const auto item = database.get(upload_key(user, token), deadline);
  if (!item) return fail(item.error());
  if (!*item) return std::optional<StoredClaim>();
  auto claim = read_claim(**item);
  if (!claim) return fail(claim.error());
  return std::optional(std::move(*claim));
}

Result<StoredClaim> read_claim(const Item& item) {
  const auto user = UserId::parse(text_of(item, "userId").value_or(""));
  const auto token = IdempotencyToken::parse(text_of(item, "token").value_or(""));
  const auto image = ImageId::parse(text_of(item, "imageId").value_or(""));
  const auto status = parse_claim_status(text_of(item, "status").value_or(""));
  const auto fingerprint = text_of(item, "fingerprint");
  const auto holder = text_of(item, "holder");
  const auto due = number_of(item, "leaseUntil");
  auto keys = list_of(item, "keys");
  if (!user || !token || !image || !status || !fingerprint || !holder || !due || !keys) {
    return unreadable("the claim of image " + text_of(item, "imageId").value_or("?"));
  }
  StoredClaim stored{.claim = {.user = *user,
                               .token = *token,
                               .fingerprint = *fingerprint,
                               .image_id = *image,
                               .blob_keys = std::move(*keys),
                               .holder = *holder,
                               .due = time_of(*due)},
                     .status = *status};
  if (const auto until = number_of(item, "unpublishedUntil")) stored.unpublished = time_of(*until);
  if (const Item* const result = map_of(item, "result")) stored.result = *result;
  return stored;
}

Write put_claim(const UploadClaim& claim, const StoredClaim* seen) {
  Write put = seen != nullptr ? of_seen(Write::Kind::Put, *seen)
                              : Write{.kind = Write::Kind::Put,
                                      .key = upload_key(claim.user, claim.token),
                                      .condition = "attribute_not_exists(#PK)"};
  set_text(put.item, "userId", claim.user.text());
  set_text(put.item, "token", claim.token.text());
  set_text(put.item, "status", std::string(claim_status_name(ClaimStatus::Pending)));
  set_text(put.item, "fingerprint", claim.fingerprint);
  set_text(put.item, "imageId", claim.image_id.text());
  put.item.insert_or_assign("keys", list_value(claim.blob_keys));
  set_text(put.item, "holder", claim.holder);
  put.item.insert_or_assign("leaseUntil", milliseconds_value(claim.due));
  set_text(put.item, kDueIndex.partition, due_partition(DueKind::Step, claim.image_id));
  set_text(put.item, kDueIndex.sort, due_sort(claim.due, claim.image_id.text()));
  return put;
}

Write of_holder(Write::Kind kind, const UploadClaim& claim, ClaimStatus status) {
  Write write{.kind = kind, .key = upload_key(claim.user, claim.token)};
  require(write, "#holder = :holderSeen AND #status = :statusSeen");
  write.values.insert_or_assign(":holderSeen", text_value(claim.holder));
  write.values.insert_or_assign(":statusSeen", text_value(claim_status_name(status)));
  return write;
}

Write of_seen(Write::Kind kind, const StoredClaim& seen) {
  Write write = of_holder(kind, seen.claim, seen.status);
  require(write, "#leaseUntil = :leaseUntilSeen");
  write.values.insert_or_assign(":leaseUntilSeen", milliseconds_value(seen.claim.due));
  return write;
}

void set_status(Write& update, ClaimStatus status) {
  update.update += update.update.empty() ? "SET " : ", ";
  update.update += "#status = :status";
  update.values.insert_or_assign(":status", text_value(claim_status_name(status)));
}

void set_due(Write& update, const ImageId& id, UnixTime due) {
  update.update += update.update.empty() ? "SET " : ", ";
  update.update += "#leaseUntil = :leaseUntil, #DueSK = :dueSort";
  update.values.insert_or_assign(":leaseUntil", milliseconds_value(due));
  update.values.insert_or_assign(":dueSort", text_value(due_sort(due, id.text())));
}

}  // namespace tintype::dynamodb
