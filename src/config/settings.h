#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace tintype::config {

enum class BlobAccess { Public, Owner };
enum class BlobDelivery { Proxy, Redirect, PublicUrl };
enum class Blobs { Filesystem, S3 };
enum class S3Checksum { None, Sha256 };
enum class Metadata { Sqlite, DynamoDb };
enum class Transactions { On, Off };
enum class PathStyle { Auto, True, False };
enum class S3Encryption { Bucket, Aes256, Kms };
enum class CacheKind { Auto, Memory, Redis, None };
enum class CacheInvalidation { Tags, Scan };
enum class Engine { Worker, InProcess };
enum class Thumbnails { Auto, Inline, Async };
enum class Queue { Sqlite, Sqs };
enum class Jobs { Embedded, Off };
enum class Allow { No, Yes };
enum class Emf { Off, Stdout };

// The effective settings. Every member is a row of the table in settings_table.cpp, which gives its name, default,
// bounds, unit and effect; docs/configuration.md is generated from it.
struct Settings {
  // process
  std::string listen;  // "host:port", port 0 for a free one
  std::filesystem::path data_dir;
  std::string public_url;    // without trailing slash; empty: http:// + the address listened on
  std::string jwt_secret;    // empty: generated and kept in data_dir
  std::string jwt_issuer;    // empty: not checked
  std::string jwt_audience;  // empty: not checked
  LogLevel log_level = LogLevel::Info;
  int io_threads = 0;  // 0: one per core
  int max_connections = 0;
  std::uint64_t max_upload_bytes = 0;
  std::uint64_t max_pixels = 0;
  std::uint64_t memory_budget = 0;  // bytes
  int max_concurrent_uploads = 0;   // being processed or waiting for their turn
  std::chrono::milliseconds request_timeout{};
  std::chrono::milliseconds header_timeout{};
  std::chrono::milliseconds body_timeout{};
  std::chrono::milliseconds idle_timeout{};
  std::chrono::milliseconds drain_timeout{};
  // image
  int image_max_edge = 0;  // pixels, 0: original size
  int image_quality = 0;
  int image_effort = 0;
  int image_threads = 0;  // 0: one per core
  Thumbnails thumbnails = Thumbnails::Inline;
  // workers
  Engine engine = Engine::Worker;
  int workers_provisioned = 0;    // 0: one per core, -1: automatic
  int workers_min = 0;            // bounds of the automatic number
  int workers_max = 0;            // 0: image_threads and one per core
  int workers_raise_percent = 0;  // cold starts per 100 image requests, both
  int workers_lower_percent = 0;
  std::chrono::milliseconds workers_window{};
  std::chrono::milliseconds worker_idle{};
  int worker_max_jobs = 0;
  std::uint64_t worker_max_resident = 0;  // bytes, both
  std::uint64_t worker_memory = 0;
  std::chrono::milliseconds job_deadline{};
  std::chrono::milliseconds quarantine_ttl{};
  // stores
  BlobAccess blob_access = BlobAccess::Public;
  BlobDelivery blob_delivery = BlobDelivery::Proxy;
  std::string blob_public_url;  // without trailing slash
  std::chrono::milliseconds blob_url_lifetime{};
  Blobs blobs = Blobs::Filesystem;
  std::string s3_endpoint;  // empty: AWS's
  std::string s3_bucket;
  PathStyle s3_path_style = PathStyle::Auto;
  S3Encryption s3_encryption = S3Encryption::Bucket;
  std::string s3_kms_key;
  S3Checksum s3_checksum = S3Checksum::None;
  Metadata metadata = Metadata::Sqlite;
  std::string dynamodb_endpoint;  // empty: AWS's
  std::string dynamodb_table_prefix;
  Transactions dynamodb_transactions = Transactions::On;
  Queue queue = Queue::Sqlite;
  std::string sqs_endpoint;       // empty: AWS's
  std::string sqs_queue;          // a name, or the URL
  std::string aws_region;         // empty, as the two below: AWS's own places
  std::string aws_access_key_id;  // both or none
  std::string aws_secret_access_key;
  // cache
  CacheKind cache = CacheKind::Auto;
  std::uint64_t cache_memory = 0;  // bytes
  std::string redis_url;
  std::string redis_ca_file;  // empty: the system's
  CacheInvalidation cache_invalidation = CacheInvalidation::Tags;
  std::uint64_t cache_check = 0;  // one answer in so many; 0: none
  // jobs
  Jobs jobs = Jobs::Embedded;
  int job_threads = 0;  // 0: one per core
  int job_max_attempts = 0;
  std::chrono::milliseconds job_lease{};
  std::chrono::milliseconds redrive_interval{};
  std::string webhook_url;  // empty: none
  std::string webhook_secret;
  Allow webhook_allow_private = Allow::No;
  // journal
  std::chrono::milliseconds upload_lease{};
  std::chrono::milliseconds sweep_interval{};
  std::chrono::milliseconds idempotency_ttl{};
  std::chrono::milliseconds verify_interval{};  // 0: never
  // numbers
  Emf emf = Emf::Off;
  std::string stage;

  friend bool operator==(const Settings&, const Settings&) = default;
};

// Where a setting's value came from, for `tintype config`.
enum class Source { Default, File, Environment, Flag };

struct Assignment {
  std::string name;  // "max-upload-bytes"
  std::string value;
  int line = 0;  // of the settings file, from 1; 0 elsewhere
};

// The inputs, strongest last: defaults < file < environment < flags. An empty environment variable counts as not set.
// A secret may be given as `<name>-file` instead, in any spelling; it and `<name>` in the same source are an error.
struct Inputs {
  std::optional<std::filesystem::path> file = {};  // --config; if absent, what TINTYPE_CONFIG in `environment` names
  std::vector<std::string> environment = {};       // "NAME=value" as in environ(7); only TINTYPE_* are looked at
  std::vector<Assignment> flags = {};
};

struct Loaded {
  Settings settings;
  std::vector<Source> sources;  // parallel to the table
};

// Error: ValidationFailed. The message names the setting as the user spelled it (flag, variable or file line), the
// value (never of a secret), what is allowed, and for an unknown name the nearest known one.
Result<Loaded> load(const Inputs& inputs);

// Lines `name = value`; '#' at the start of a line or after white space starts a comment; a value may stand in double
// quotes, where \" and \\ mean the character. Error: ValidationFailed with the line number; no part of a value is
// repeated.
Result<std::vector<Assignment>> parse_settings_file(std::string_view text);

// What the table knows, for --help, for flags and for the docs. A setting of type "secret" also has a flag
// `<name>-file`.
struct Description {
  std::string name;   // "max-upload-bytes"
  std::string group;  // "process", "image", "workers", "stores", "cache", "jobs", "journal", "numbers"
  std::string type;   // "size", "duration", "integer", "text", "path", "secret", or the choices "public | owner"
  std::string default_value;
  std::string bounds;  // "1KiB to 1GiB", empty if any
  std::string effect;  // one sentence or two
};
std::vector<Description> describe_settings();

// "TINTYPE_MAX_UPLOAD_BYTES" for "max-upload-bytes".
std::string environment_name(std::string_view name);

// docs/configuration.md.
std::string configuration_document();

// `tintype config`: a line "name = value  # source" each, valid as a settings file; secrets shown as "(set)" in a
// comment.
std::string effective_settings(const Loaded& loaded);

}  // namespace tintype::config
