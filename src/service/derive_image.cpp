// DESIGN
// The blob first, then the record that names it, in a step that holds only if nobody else has made or given up this
// version meanwhile. Whoever comes second, or finds the image gone, enters the key that they have put into the journal
// of deletions, which leaves it alone if the record names it. What is left is an attempt that is killed between its put
// and that, while the image is being deleted: the deletion of an image that is processing looks again later.
// Rejected: the original upload as the source. It would have to be kept until the job is done, for a thumbnail that
// nobody can tell from one made of the main picture, which is four times larger in each direction.
#include "service/derive_image.h"

#include "base/crash_point.h"
#include "model/blob_key.h"
#include "model/image_event.h"

namespace tintype {
namespace {

bool is_wanted(const ImageRecord& record, const Recipe& recipe) {
  return !record.thumbnail_key || recipe_version(record.thumbnail_recipe) < recipe.version;
}

}  // namespace

Result<void> DeriveImage::run(const DeriveJob& job, const std::function<Deadline()>& held_until) {
  const Deadline longest = Deadline::after(kLongestDerivation);
  const auto until = [&] { return held_until().earlier_of(longest); };
  const Recipe* const recipe = find_recipe(job.recipe);
  if (recipe == nullptr) return fail(ErrorCode::NotFound, "there is no recipe " + job.recipe);
  const auto record = record_of(job, until());
  if (!record) return fail(record.error());
  if (!*record) return {};
  if (!is_wanted(**record, *recipe)) return bury_the_one_before(**record, until());
  crash_point("derive.found");
  auto made = make(**record, *recipe, until);
  if (made || made.error().code != ErrorCode::NotFound) return made;
  // The main picture is not there: most likely the image has just been deleted.
  const auto still = record_of(job, until());
  if (!still) return fail(still.error());
  return *still ? made : Result<void>();
}

Result<void> DeriveImage::make(const ImageRecord& record, const Recipe& recipe,
                               const std::function<Deadline()>& held_until) {
  const auto made = stored_.make(record, recipe, held_until);
  if (!made) return fail(made.error());
  const auto finished = [&] {
    const auto write = cache_.write(record.user_id, record.image_id);
    return derivations_.finish(record.image_id, *made, time_of_change(record, clock_.now()), held_until());
  }();
  if (!finished) return fail(finished.error());
  crash_point("derive.finished");
  if (!*finished) return bury(record.image_id, made->key, clock_.now(), held_until());
  bus_.publish(record.user_id, record.image_id);
  if (!record.thumbnail_key) return {};
  return bury(record.image_id, *record.thumbnail_key, clock_.now() + kOldDerivativeStays, held_until());
}

// An attempt that was cut off after it had finished has not come to it.
Result<void> DeriveImage::bury_the_one_before(const ImageRecord& record, Deadline deadline) {
  if (record.thumbnail_version < 2) return {};
  const auto key =
      BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail, record.thumbnail_version - 1).text();
  return bury(record.image_id, key, clock_.now() + kOldDerivativeStays, deadline);
}

Result<void> DeriveImage::give_up(const DeriveJob& job, const Error& error, Deadline deadline) {
  const Recipe* const recipe = find_recipe(job.recipe);
  if (recipe == nullptr) return {};
  const auto record = record_of(job, deadline);
  if (!record) return fail(record.error());
  if (!*record || !is_wanted(**record, *recipe)) return {};
  const auto write = cache_.write(job.user, job.image_id);
  const auto given_up =
      derivations_.give_up(job.image_id, (*record)->thumbnail_version + 1, next_derivative_key(**record),
                           error.public_message, time_of_change(**record, clock_.now()), deadline);
  if (!given_up) return fail(given_up.error());
  crash_point("derive.given-up");
  if (*given_up) bus_.publish(job.user, job.image_id);
  return {};
}

// nullopt: the image is gone, and so is what an attempt may have put for it.
Result<std::optional<ImageRecord>> DeriveImage::record_of(const DeriveJob& job, Deadline deadline) {
  auto record = metadata_.find(job.image_id, deadline);
  if (record) return std::optional(std::move(*record));
  if (record.error().code != ErrorCode::NotFound) return fail(record.error());
  const std::string key = BlobKey::of(job.user, job.image_id, Variant::Thumbnail, job.version).text();
  if (auto buried = bury(job.image_id, key, clock_.now(), deadline); !buried) return fail(buried.error());
  return std::optional<ImageRecord>();
}

Result<void> DeriveImage::bury(const ImageId& id, const std::string& key, UnixTime due, Deadline deadline) {
  const auto buried = metadata_.bury(id, std::span(&key, 1), due, deadline);
  return buried ? Result<void>() : fail(buried.error());
}

}  // namespace tintype
