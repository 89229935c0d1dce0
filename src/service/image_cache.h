#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ports/cache.h"
#include "ports/metadata_store.h"
#include "service/cached_answer.h"
#include "service/single_flight.h"

namespace tintype {

// How records look to clients; the service keeps what it makes, so that it is made once.
class RecordRenderer {
 public:
  virtual ~RecordRenderer() = default;
  virtual std::string image(const ImageRecord& record) const = 0;
  virtual std::string list(const ListPage& page, const ListQuery& query) const = 0;
  // Differs between renderers whose texts may differ: what one has made is not given to clients of the other. No
  // spaces.
  virtual const std::string& variant() const = 0;
};

// Where what was looked for can have been.
enum class CacheLevel { Memory, Redis };

// Reads of images and lists, from the cache where it has them, and what writes owe the cache.
//
// Thread safety: all methods may be called concurrently.
class ImageCache {
 public:
  struct Options {
    bool has_memory = false;  // levels, for looked_up
    bool has_redis = false;
    // Told of the tags that a write has invalidated, if lists may be without it for a while (MetadataStore,
    // consistency) and so what is loaded now is to be invalidated once more.
    std::function<void(std::vector<std::string> tags)> invalidated = [](std::vector<std::string>) {};
    std::function<void(CacheLevel, bool hit)> looked_up = [](CacheLevel, bool) {};
    // Told of answers from the cache, to check some of them.
    std::function<void(const ImageId&, std::int64_t version)> served = [](const ImageId&, std::int64_t) {};
  };

  ImageCache(Cache& cache, MetadataStore& metadata, const RecordRenderer& renderer, Options options);

  // Never blocks: what memory has. nullopt: ask image() or list(), on a thread that may wait.
  std::optional<Result<CachedAnswer>> image_at_once(const UserId& user, const ImageId& id);
  std::optional<CachedAnswer> list_at_once(const ListQuery& query);

  // Nor do these, which look into Redis: true if `done` is, or will be, called, on any thread; nullopt as above. False:
  // there is none.
  bool image_soon(const UserId& user, const ImageId& id, std::function<void(std::optional<Result<CachedAnswer>>)> done);
  bool list_soon(const ListQuery& query, std::function<void(std::optional<CachedAnswer>)> done);

  // From the store, and into the cache: they follow upon those above. Errors: NotFound; NotAuthorized if the image is
  // someone else's; those of the store.
  Result<CachedAnswer> image(const UserId& user, const ImageId& id, Deadline deadline);
  Result<CachedAnswer> list(const ListQuery& query, Deadline deadline);

  // To be held while an image of `user` is written: from before the store is told until it has answered. When it is
  // gone, whatever came of the write, no read that begins later gives what was before.
  class Write {
   public:
    Write(ImageCache& cache, std::vector<std::string> tags);
    ~Write();
    Write(const Write&) = delete;
    Write& operator=(const Write&) = delete;

   private:
    ImageCache& cache_;
    const std::vector<std::string> tags_;
    const std::string announced_;
  };
  Write write(const UserId& user, const ImageId& id);

  // What the cache has of an image, for checks; nullopt: nothing.
  std::optional<CachedAnswer> peek(const ImageId& id);
  // Drops what is cached of an image and of its owner's lists.
  void drop(const UserId& user, const ImageId& id);

 private:
  struct Loaded {
    std::string bytes;
    std::chrono::milliseconds ttl;
  };
  using Load = std::function<Result<Loaded>()>;
  Result<CachedAnswer> fetch(const CacheKey& key, Deadline deadline, const Load& load);
  CachedBytes look(const CacheKey& key, Deadline deadline);
  Result<CachedBytes> load_and_keep(const CacheKey& key, Deadline deadline, const Load& load);
  std::optional<CachedAnswer> decoded(CachedBytes bytes) const;
  Result<Loaded> load_image(const ImageId& id, Deadline deadline);
  Result<Loaded> load_list(const ListQuery& query, Deadline deadline);
  Result<CachedAnswer> for_user(const UserId& user, CachedAnswer answer) const;

  Cache& cache_;
  MetadataStore& metadata_;
  const RecordRenderer& renderer_;
  const Options options_;
  SingleFlight<CachedBytes> flights_;
};

}  // namespace tintype
