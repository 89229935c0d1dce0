// DESIGN. `images` is the truth, a row per record with its tags as a JSON array. `image_tags` is an index of it, a row
// per tag, that repeats what a listing filters and orders by, so that every combination of album and tag is one range
// of one b-tree, ending in (uploaded_at, image_id), read in either direction. Rejected: json_each over `images` (reads
// the whole gallery) and a join on tags with the sort in `images` (sorts all images with that tag).
#include "adapters/metadata_sqlite/schema.h"

#include <array>

#include "adapters/metadata_sqlite/transaction.h"

namespace tintype::sqlite {
namespace {

constexpr const char* kCreateImages = R"sql(
  CREATE TABLE images (
    image_id          TEXT NOT NULL PRIMARY KEY,
    user_id           TEXT NOT NULL,
    album_id          TEXT,
    title             TEXT,
    description       TEXT,
    alt_text          TEXT,
    tags              TEXT NOT NULL,     -- JSON array of strings, in the owner's order
    original_filename TEXT NOT NULL,
    source_format     TEXT NOT NULL,
    file_size         INTEGER NOT NULL,
    processed_size    INTEGER NOT NULL,
    width             INTEGER NOT NULL,
    height            INTEGER NOT NULL,
    source_pages      INTEGER NOT NULL,
    quality           INTEGER NOT NULL,
    main_key          TEXT NOT NULL,
    thumbnail_key     TEXT,
    status            TEXT NOT NULL,
    processing_error  TEXT,
    placeholder       TEXT NOT NULL,
    content_sha256    TEXT NOT NULL,
    created_at        INTEGER NOT NULL,  -- all times: milliseconds since 1970, UTC
    updated_at        INTEGER NOT NULL,
    uploaded_at       INTEGER NOT NULL,
    version           INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX images_by_user ON images (user_id, uploaded_at, image_id);
  CREATE INDEX images_by_album ON images (user_id, album_id, uploaded_at, image_id) WHERE album_id IS NOT NULL;

  CREATE TABLE image_tags (
    user_id     TEXT NOT NULL,
    tag         TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    image_id    TEXT NOT NULL REFERENCES images (image_id) ON DELETE CASCADE,
    album_id    TEXT,
    PRIMARY KEY (user_id, tag, uploaded_at, image_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX image_tags_by_album ON image_tags (user_id, tag, album_id, uploaded_at, image_id)
    WHERE album_id IS NOT NULL;
  CREATE INDEX image_tags_by_image ON image_tags (image_id);

  CREATE TABLE deletions (
    image_id     TEXT NOT NULL PRIMARY KEY,
    blob_keys    TEXT NOT NULL,          -- JSON array of strings
    requested_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
)sql";

// Step n brings a file from version n to n + 1. Released steps never change; add one.
constexpr std::array kSteps = {kCreateImages};

Result<int> read_version(Connection& connection) {
  auto pragma = connection.statement("PRAGMA user_version");
  if (!pragma) return fail(pragma.error());
  const auto row = pragma->step();
  if (!row) return fail(row.error());
  const auto version = static_cast<int>(pragma->integer(0));
  if (version <= schema_version()) return version;
  return fail(ErrorCode::StoreUnavailable, "the metadata was written by a newer version of tintype",
              "the metadata database has schema version " + std::to_string(version) + ", this program knows up to " +
                  std::to_string(schema_version()) + "; run the newer program");
}

Result<void> apply_steps(Connection& connection, int from) {
  for (auto step = static_cast<std::size_t>(from); step < kSteps.size(); ++step) {
    if (auto applied = connection.execute(kSteps[step]); !applied) return applied;
  }
  return connection.execute(("PRAGMA user_version = " + std::to_string(schema_version())).c_str());
}

}  // namespace

int schema_version() {
  return static_cast<int>(kSteps.size());
}

Result<void> migrate(Connection& connection) {
  const auto before = read_version(connection);
  if (!before) return fail(before.error());
  if (*before == schema_version()) return {};

  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  const auto version = read_version(connection);  // again: another process may have been faster
  if (!version) return fail(version.error());
  if (auto applied = apply_steps(connection, *version); !applied) return applied;
  return transaction->commit();
}

}  // namespace tintype::sqlite
