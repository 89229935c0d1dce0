// DESIGN. `images` is the truth, a row per record with its tags as a JSON array. `image_tags` is an index of it, a row
// per tag, that repeats what a listing filters and orders by, so that every combination of album and tag is one range
// of one b-tree, ending in (uploaded_at, image_id), read in either direction. Rejected: json_each over `images` (reads
// the whole gallery) and a join on tags with the sort in `images` (sorts all images with that tag).
#include "adapters/embedded_database/schema.h"

#include <array>

#include "adapters/sqlite/migration.h"

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

// A claim's status is 'held', 'released' or 'completed'. `upload_results` keeps the record of a completed upload as it
// was committed, for as long as the upload is remembered; its columns follow those of `images`. An entry of `deletions`
// gets a new number whenever its image is entered again, so that who works on an old entry cannot finish a newer one.
constexpr const char* kCreateJournal = R"sql(
  ALTER TABLE images ADD COLUMN main_sha256 TEXT NOT NULL DEFAULT '';
  ALTER TABLE images ADD COLUMN thumbnail_sha256 TEXT NOT NULL DEFAULT '';

  CREATE TABLE upload_claims (
    user_id     TEXT NOT NULL,
    token       TEXT NOT NULL,
    status      TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    image_id    TEXT NOT NULL,
    blob_keys   TEXT NOT NULL,           -- JSON array of strings
    holder      TEXT NOT NULL,
    due_at      INTEGER NOT NULL,        -- end of the lease, or of the time that it is remembered
    PRIMARY KEY (user_id, token)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX upload_claims_by_due ON upload_claims (due_at);
  CREATE UNIQUE INDEX upload_claims_by_image ON upload_claims (image_id);

  CREATE TABLE upload_results AS SELECT * FROM images WHERE 0;
  CREATE UNIQUE INDEX upload_results_by_image ON upload_results (image_id);

  ALTER TABLE deletions RENAME TO old_deletions;
  CREATE TABLE deletions (
    entry     INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id  TEXT NOT NULL UNIQUE,
    blob_keys TEXT NOT NULL,             -- JSON array of strings
    failures  INTEGER NOT NULL,
    due_at    INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX deletions_by_due ON deletions (due_at);
  INSERT INTO deletions (image_id, blob_keys, failures, due_at) SELECT image_id, blob_keys, 0, requested_at FROM old_deletions;
  DROP TABLE old_deletions;

  CREATE TABLE last_verification (
    only_row       INTEGER PRIMARY KEY CHECK (only_row = 1),
    blobs          INTEGER NOT NULL,
    records        INTEGER NOT NULL,
    orphaned_files INTEGER NOT NULL,
    missing_files  INTEGER NOT NULL,
    corrupt_files  INTEGER NOT NULL,
    unknown_files  INTEGER NOT NULL,
    repaired       INTEGER NOT NULL,
    sample_percent REAL NOT NULL,
    finished_at    INTEGER NOT NULL
  ) STRICT;
)sql";

// Images that are processing are found by redrive_at; all others have none. A job is given when its due_at has come,
// and then that is the end of its lease: `leased` tells the two apart. Its attempts count the times that it was given,
// so that number and attempts name one of them. Dead jobs are no jobs: another with the same key may be there beside
// them.
constexpr const char* kCreateJobs = R"sql(
  ALTER TABLE images ADD COLUMN thumbnail_recipe TEXT NOT NULL DEFAULT '';
  ALTER TABLE images ADD COLUMN thumbnail_version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE images ADD COLUMN redrive_at INTEGER;
  ALTER TABLE images ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX images_by_redrive ON images (redrive_at) WHERE redrive_at IS NOT NULL;
  ALTER TABLE upload_results ADD COLUMN thumbnail_recipe TEXT NOT NULL DEFAULT '';
  ALTER TABLE upload_results ADD COLUMN thumbnail_version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE upload_results ADD COLUMN redrive_at INTEGER;
  ALTER TABLE upload_results ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE events (
    id            TEXT NOT NULL PRIMARY KEY,
    type          TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    image_id      TEXT NOT NULL,
    at            INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    thumbnail_key TEXT,
    error         TEXT,
    unannounced   INTEGER                -- 1, or NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX events_by_user ON events (user_id, id);
  CREATE INDEX events_unannounced ON events (id) WHERE unannounced IS NOT NULL;

  CREATE TABLE jobs (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    key       TEXT NOT NULL UNIQUE,
    body      TEXT NOT NULL,
    attempts  INTEGER NOT NULL DEFAULT 0,
    leased    INTEGER NOT NULL DEFAULT 0,  -- 1 from when it is given until it is settled
    due_at    INTEGER NOT NULL,
    pushed_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX jobs_by_due ON jobs (due_at, number);

  CREATE TABLE dead_jobs (
    number    INTEGER PRIMARY KEY,
    key       TEXT NOT NULL,
    body      TEXT NOT NULL,
    attempts  INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    pushed_at INTEGER NOT NULL,
    died_at   INTEGER NOT NULL
  ) STRICT;
)sql";

// Step n brings a file from version n to n + 1. Released steps never change; add one.
constexpr std::array kSteps = {kCreateImages, kCreateJournal, kCreateJobs};

}  // namespace

int schema_version() {
  return static_cast<int>(kSteps.size());
}

Result<void> migrate(Connection& connection) {
  return migrate(connection, kSteps);
}

}  // namespace tintype::sqlite
