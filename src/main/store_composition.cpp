#include "main/store_composition.h"

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/metadata_sqlite/sqlite_derivation_store.h"
#include "adapters/metadata_sqlite/sqlite_event_log.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "adapters/queue_sqlite/sqlite_job_queue.h"
#include "adapters/system_clock/system_clock.h"

namespace tintype {
namespace {

constexpr std::chrono::seconds kCheckTime{10};
constexpr std::chrono::seconds kInitTime{60};

bool uses_aws(const config::Settings& settings) {
  return settings.blobs == config::Blobs::S3 || settings.metadata == config::Metadata::DynamoDb ||
         settings.queue == config::Queue::Sqs;
}

Result<void> open_blobs(const config::Settings& settings, const aws::Environment& environment, Stores& stores) {
  if (settings.blobs == config::Blobs::Filesystem) {
    auto blobs = FilesystemBlobStore::open(settings.data_dir);
    if (!blobs) return cannot_use(settings.data_dir, blobs.error());
    stores.blobs = std::move(*blobs);
    return {};
  }
  auto s3 = make_s3(*stores.aws, settings, environment);
  if (!s3) return fail(s3.error());
  if (auto checked = check_bucket(*s3, settings, Deadline::after(kCheckTime)); !checked) return checked;
  stores.s3 = std::move(s3->client);
  stores.blobs = std::move(s3->store);
  return {};
}

Result<void> open_database(const config::Settings& settings, Stores& stores) {
  if (stores.database != nullptr) return {};
  auto database = sqlite::EmbeddedDatabase::open(metadata_file(settings));
  if (!database) return cannot_use(settings.data_dir, database.error());
  stores.database = std::move(*database);
  return {};
}

Result<void> open_metadata_in_sqlite(const config::Settings& settings, Stores& stores) {
  if (auto opened = open_database(settings, stores); !opened) return opened;
  const bool announces = !settings.webhook_url.empty();
  stores.metadata = std::make_unique<SqliteMetadataStore>(
      stores.database,
      SqliteMetadataStore::Options{.push_jobs = settings.queue == config::Queue::Sqlite, .announce_events = announces});
  stores.derivations = std::make_unique<SqliteDerivationStore>(stores.database, announces);
  stores.events = std::make_unique<SqliteEventLog>(stores.database);
  return {};
}

Result<void> open_metadata(const config::Settings& settings, const aws::Environment& environment, Stores& stores) {
  if (settings.metadata == config::Metadata::Sqlite) return open_metadata_in_sqlite(settings, stores);
  auto dynamodb = make_dynamodb(*stores.aws, settings, environment);
  if (!dynamodb) return fail(dynamodb.error());
  if (auto checked = check_tables(*dynamodb, Deadline::after(kCheckTime)); !checked) return checked;
  stores.dynamodb = std::move(dynamodb->client);
  stores.metadata = std::move(dynamodb->store);
  stores.derivations = std::move(dynamodb->derivations);
  stores.events = std::move(dynamodb->events);
  return {};
}

Result<void> open_queue(const config::Settings& settings, const aws::Environment& environment, Stores& stores) {
  static const SystemClock clock;
  if (settings.queue == config::Queue::Sqlite) {
    if (auto opened = open_database(settings, stores); !opened) return opened;
    stores.queue = std::make_unique<SqliteJobQueue>(
        stores.database, clock,
        SqliteJobQueue::Options{.max_attempts = settings.job_max_attempts,
                                .fed_by_commits = settings.metadata == config::Metadata::Sqlite});
    return {};
  }
  auto sqs = make_sqs(*stores.aws, settings, environment);
  if (!sqs) return fail(sqs.error());
  if (auto checked = check_queue(*sqs, Deadline::after(kCheckTime)); !checked) return checked;
  stores.sqs = std::move(sqs->client);
  stores.queue = std::move(sqs->queue);
  return {};
}

Result<void> create_at_aws(const config::Settings& settings) {
  const aws::Environment environment = aws::Environment::of_process();
  AwsParts aws(settings, environment);
  if (settings.blobs == config::Blobs::S3) {
    auto s3 = make_s3(aws, settings, environment);
    if (!s3) return fail(s3.error());
    if (auto created = create_bucket(*s3, settings, Deadline::after(kInitTime)); !created) return created;
  }
  if (settings.metadata == config::Metadata::DynamoDb) {
    auto dynamodb = make_dynamodb(aws, settings, environment);
    if (!dynamodb) return fail(dynamodb.error());
    if (auto created = create_tables(*dynamodb, Deadline::after(kInitTime)); !created) return created;
  }
  if (settings.queue == config::Queue::Sqs) {
    auto sqs = make_sqs(aws, settings, environment);
    if (!sqs) return fail(sqs.error());
    if (auto created = create_queue(*sqs, Deadline::after(kInitTime)); !created) return created;
  }
  return {};
}

Result<Stores> open(const config::Settings& settings, bool with_queue) {
  if (auto made = make_data_dir(settings.data_dir); !made) return fail(made.error());
  const aws::Environment environment = aws::Environment::of_process();
  Stores stores;
  if (uses_aws(settings)) stores.aws = std::make_unique<AwsParts>(settings, environment);
  if (auto opened = open_blobs(settings, environment, stores); !opened) return fail(opened.error());
  if (auto opened = open_metadata(settings, environment, stores); !opened) return fail(opened.error());
  if (!with_queue) return stores;
  if (auto opened = open_queue(settings, environment, stores); !opened) return fail(opened.error());
  return stores;
}

Result<Stores> open_existing(const config::Settings& settings, bool with_queue) {
  std::error_code error;
  if (settings.metadata == config::Metadata::Sqlite &&
      std::filesystem::status(metadata_file(settings), error).type() == std::filesystem::file_type::not_found) {
    return fail(ErrorCode::StoreUnavailable, "there is no tintype.db in " + settings.data_dir.string() +
                                                 "; name the data directory of the service with --data-dir");
  }
  return open(settings, with_queue);
}

}  // namespace

Result<Stores> open_stores(const config::Settings& settings) {
  return open(settings, true);
}

Result<void> init_stores(const config::Settings& settings) {
  if (auto created = create_at_aws(settings); !created) return created;
  auto stores = open_stores(settings);
  return stores ? Result<void>() : fail(stores.error());
}

Result<Stores> open_existing_stores(const config::Settings& settings) {
  return open_existing(settings, false);
}

Result<Stores> open_existing_stores_and_queue(const config::Settings& settings) {
  return open_existing(settings, true);
}

Result<Stores> open_embedded_stores(const config::Settings& settings) {
  config::Settings embedded = settings;
  embedded.blobs = config::Blobs::Filesystem;
  embedded.metadata = config::Metadata::Sqlite;
  embedded.queue = config::Queue::Sqlite;
  return open_existing_stores(embedded);
}

Result<Stores> open_scale_stores(const config::Settings& settings) {
  if (settings.blobs != config::Blobs::S3 || settings.metadata != config::Metadata::DynamoDb) {
    return fail(ErrorCode::ValidationFailed,
                "the settings name no stores to scale with: set blobs=s3, metadata=dynamodb and what goes with them");
  }
  return open(settings, false);
}

std::filesystem::path metadata_file(const config::Settings& settings) {
  return settings.data_dir / "tintype.db";
}

Result<void> make_data_dir(const std::filesystem::path& directory) {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(directory, error);
  // It holds the secret and everybody's pictures. One that the operator made keeps its mode.
  if (is_new) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error)
    return fail(ErrorCode::StoreUnavailable,
                "cannot create the data directory " + directory.string() + ": " + error.message());
  return {};
}

tl::unexpected<Error> cannot_use(const std::filesystem::path& directory, const Error& error) {
  return fail(ErrorCode::StoreUnavailable, "cannot use the data directory " + directory.string() + ": " + error.detail);
}

}  // namespace tintype
