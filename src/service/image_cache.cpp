// DESIGN
// What is kept is the answer as it is sent, so that a hit costs neither a look at a store nor the making of JSON. It is
// kept for everybody and says whose it is; who may see it is decided at each hit. Writes tell the cache twice: before
// the store is told (announce), so that a writer that dies is noticed, and after it has answered (invalidate), before
// the writer gets his answer. Whether a fill that ran beside a write may stay is for the cache to say (ports/cache.h).
#include "service/image_cache.h"

#include <utility>

#include "service/cache_keys.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;

constexpr auto kNoImageLifetime = 5s;  // ids are not guessed: somebody asks for what has been deleted

// More than a cache that is well takes: the adapter gives up on one that is not, and on a scan after the longer one.
constexpr auto kCacheTime = 50ms;
constexpr auto kInvalidationTime = 10s;

Deadline cache_deadline(Deadline deadline) {
  return deadline.earlier_of(Deadline::after(kCacheTime));
}

}  // namespace

ImageCache::ImageCache(Cache& cache, MetadataStore& metadata, const RecordRenderer& renderer, Options options)
    : cache_(cache), metadata_(metadata), renderer_(renderer), options_(std::move(options)) {}

std::optional<CachedAnswer> ImageCache::decoded(CachedBytes bytes) const {
  return CachedAnswer::decode(std::move(bytes), renderer_.variant());
}

Result<CachedAnswer> ImageCache::for_user(const UserId& user, CachedAnswer answer) const {
  if (answer.kind() == CachedAnswer::Kind::NoImage)
    return fail(ErrorCode::NotFound, "there is no image with this id", "remembered by the cache");
  if (answer.owner() != user.text()) return fail(ErrorCode::NotAuthorized, "this image belongs to another user");
  return answer;
}

std::optional<Result<CachedAnswer>> ImageCache::image_at_once(const UserId& user, const ImageId& id) {
  if (!options_.has_memory) return std::nullopt;
  auto answer = decoded(cache_.get_at_once(image_cache_key(id)));
  options_.looked_up(CacheLevel::Memory, answer.has_value());
  if (!answer) return std::nullopt;
  options_.served(id, answer->version());
  return for_user(user, std::move(*answer));
}

std::optional<CachedAnswer> ImageCache::list_at_once(const ListQuery& query) {
  if (!options_.has_memory) return std::nullopt;
  auto answer = decoded(cache_.get_at_once(list_cache_key(query)));
  options_.looked_up(CacheLevel::Memory, answer.has_value());
  return answer;
}

bool ImageCache::image_soon(const UserId& user, const ImageId& id,
                            std::function<void(std::optional<Result<CachedAnswer>>)> done) {
  if (!options_.has_redis) return false;
  return cache_.get_soon(image_cache_key(id), Deadline::after(kCacheTime),
                         [this, user, id, done = std::move(done)](CachedBytes bytes) {
                           auto answer = decoded(std::move(bytes));
                           options_.looked_up(CacheLevel::Redis, answer.has_value());
                           if (!answer) return done(std::nullopt);
                           options_.served(id, answer->version());
                           done(for_user(user, std::move(*answer)));
                         });
}

bool ImageCache::list_soon(const ListQuery& query, std::function<void(std::optional<CachedAnswer>)> done) {
  if (!options_.has_redis) return false;
  return cache_.get_soon(list_cache_key(query), Deadline::after(kCacheTime),
                         [this, done = std::move(done)](CachedBytes bytes) {
                           auto answer = decoded(std::move(bytes));
                           options_.looked_up(CacheLevel::Redis, answer.has_value());
                           done(std::move(answer));
                         });
}

Result<CachedAnswer> ImageCache::image(const UserId& user, const ImageId& id, Deadline deadline) {
  auto answer = fetch(image_cache_key(id), deadline, [&] { return load_image(id, deadline); });
  return answer ? for_user(user, std::move(*answer)) : answer;
}

Result<CachedAnswer> ImageCache::list(const ListQuery& query, Deadline deadline) {
  return fetch(list_cache_key(query), deadline, [&] { return load_list(query, deadline); });
}

Result<CachedAnswer> ImageCache::fetch(const CacheKey& key, Deadline deadline, const Load& load) {
  auto bytes = flights_.run(key.text, deadline, [&](bool waited) -> Result<CachedBytes> {
    // Whoever was before has probably left it in the cache.
    if (waited) {
      if (auto there = look(key, cache_deadline(deadline)); decoded(there)) return there;
    }
    return load_and_keep(key, deadline, load);
  });
  if (!bytes) return fail(bytes.error());
  auto answer = decoded(std::move(*bytes));
  if (!answer) return fail(ErrorCode::Internal, "internal error", "a rendered answer cannot be read");
  return std::move(*answer);
}

CachedBytes ImageCache::look(const CacheKey& key, Deadline deadline) {
  auto bytes = cache_.get_at_once(key);
  return bytes != nullptr ? bytes : cache_.get(key, deadline);
}

Result<CachedBytes> ImageCache::load_and_keep(const CacheKey& key, Deadline deadline, const Load& load) {
  const CacheFill fill = cache_.begin_fill(key, cache_deadline(deadline));
  auto loaded = load();
  if (!loaded) return fail(loaded.error());
  auto bytes = std::make_shared<const std::string>(std::move(loaded->bytes));
  cache_.put(fill, bytes, loaded->ttl, cache_deadline(deadline));
  return bytes;
}

Result<ImageCache::Loaded> ImageCache::load_image(const ImageId& id, Deadline deadline) {
  using Kind = CachedAnswer::Kind;
  const auto record = metadata_.find(id, deadline);
  if (!record && record.error().code == ErrorCode::NotFound) {
    return Loaded{CachedAnswer::encode(Kind::NoImage, renderer_.variant(), 0, {}, {}), kNoImageLifetime};
  }
  if (!record) return fail(record.error());
  return Loaded{CachedAnswer::encode(Kind::Image, renderer_.variant(), record->version, record->user_id.text(),
                                     renderer_.image(*record)),
                kImageCacheLifetime};
}

Result<ImageCache::Loaded> ImageCache::load_list(const ListQuery& query, Deadline deadline) {
  const auto page = metadata_.list(query, deadline);
  if (!page) return fail(page.error());
  return Loaded{CachedAnswer::encode(CachedAnswer::Kind::List, renderer_.variant(), 0, query.user.text(),
                                     renderer_.list(*page, query)),
                kListCacheLifetime};
}

ImageCache::Write ImageCache::write(const UserId& user, const ImageId& id) {
  return {*this, tags_of_write(user, id)};
}

ImageCache::Write::Write(ImageCache& cache, std::vector<std::string> tags)
    : cache_(cache), tags_(std::move(tags)), announced_(cache.cache_.announce(tags_, Deadline::after(kCacheTime))) {}

// An engine that cannot be told now is told later, by the adapter, which says so.
ImageCache::Write::~Write() {
  const auto told = cache_.cache_.invalidate(tags_, announced_, Deadline::after(kInvalidationTime));
  (void)told;
  cache_.options_.invalidated(tags_);
}

std::optional<CachedAnswer> ImageCache::peek(const ImageId& id) {
  return decoded(look(image_cache_key(id), Deadline::after(kCacheTime)));
}

void ImageCache::drop(const UserId& user, const ImageId& id) {
  const Write write = this->write(user, id);
}

}  // namespace tintype
