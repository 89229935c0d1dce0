#include "main/doctor/composition.h"

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "adapters/system_clock/system_clock.h"
#include "main/cache_composition.h"
#include "main/doctor/aws_checks.h"
#include "main/doctor/data_dir_checks.h"
#include "main/doctor/dynamodb_checks.h"
#include "main/doctor/machine_checks.h"
#include "main/doctor/redis_checks.h"
#include "main/doctor/s3_checks.h"
#include "main/doctor/sqlite_checks.h"
#include "main/doctor/sqs_checks.h"
#include "main/doctor/token_checks.h"
#include "main/doctor/worker_checks.h"
#include "main/store_composition.h"

namespace tintype {

struct Installation::Parts {
  explicit Parts(const config::Settings& all) : settings(all), database(metadata_file(all)) {}

  BlobDiagnosis files();
  MetadataDiagnosis sqlite();

  const config::Settings settings;
  const std::filesystem::path database;
  SystemClock clock;
  std::unique_ptr<AwsParts> aws;            // null if no store is at AWS
  std::optional<S3Parts> s3;                // absent with blobs=filesystem
  std::optional<DynamoDbParts> dynamodb;    // absent with metadata=sqlite
  std::optional<SqsParts> sqs;              // absent with queue=sqlite
  std::optional<redis::RedisUrl> redis;     // absent if nothing is cached there
  std::unique_ptr<BlobStore> blobs;         // on files, once a check has opened them
  std::unique_ptr<MetadataStore> metadata;  // in SQLite, likewise
};

BlobDiagnosis Installation::Parts::files() {
  const auto open = [this]() -> Result<BlobStore*> {
    auto opened = FilesystemBlobStore::open(settings.data_dir);
    if (!opened) return fail(opened.error());
    blobs = std::move(*opened);
    return blobs.get();
  };
  return {.open = open, .clock = clock, .advise = [this](BlobDiagnosis::Step, const Error&) {
            return "see space, owner and mount of " + (settings.data_dir / "blobs").string();
          }};
}

MetadataDiagnosis Installation::Parts::sqlite() {
  const auto open = [this]() -> Result<MetadataStore*> {
    auto opened = SqliteMetadataStore::open(database);
    if (!opened) return fail(opened.error());
    metadata = std::move(*opened);
    return metadata.get();
  };
  return {.open = open, .clock = clock, .advise = [this](const Error&) {
            return "see space, owner and mount of " + database.string() + ", and whether another program holds it";
          }};
}

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Installation::~Installation() = default;

Result<std::unique_ptr<Installation>> Installation::of(const config::Settings& settings) {
  auto parts = std::make_unique<Parts>(settings);
  const bool has_s3 = settings.blobs == config::Blobs::S3;
  const bool has_dynamodb = settings.metadata == config::Metadata::DynamoDb;
  const aws::Environment environment = aws::Environment::of_process();
  const bool has_sqs = settings.queue == config::Queue::Sqs;
  if (has_s3 || has_dynamodb || has_sqs) parts->aws = std::make_unique<AwsParts>(settings, environment);
  if (has_s3) {
    auto made = make_s3(*parts->aws, settings, environment);
    if (!made) return fail(made.error());
    parts->s3.emplace(std::move(*made));
  }
  if (has_dynamodb) {
    auto made = make_dynamodb(*parts->aws, settings, environment);
    if (!made) return fail(made.error());
    parts->dynamodb.emplace(std::move(*made));
  }
  if (has_sqs) {
    auto made = make_sqs(*parts->aws, settings, environment);
    if (!made) return fail(made.error());
    parts->sqs.emplace(std::move(*made));
  }
  if (uses_redis(settings)) {
    auto url = redis_url(settings);
    if (!url) return fail(url.error());
    parts->redis = std::move(*url);
  }
  return std::unique_ptr<Installation>(new Installation(std::move(parts)));  // the constructor is private
}

std::vector<CheckArea> Installation::checks() {
  const config::Settings& settings = parts_->settings;
  std::vector<CheckArea> areas = {machine_checks(settings), data_dir_checks(settings), token_checks(settings)};
  if (settings.engine == config::Engine::Worker) areas.push_back(worker_checks(settings));
  if (parts_->aws) areas.push_back(aws_checks(*parts_->aws));
  if (parts_->s3) {
    areas.push_back(s3_checks(*parts_->aws, *parts_->s3, settings));
    areas.push_back(blob_checks(s3_diagnosis(*parts_->aws, *parts_->s3, settings), {"s3/bucket"}));
  } else {
    areas.push_back(blob_checks(parts_->files(), {"data-dir/directory"}));
  }
  if (parts_->dynamodb) {
    areas.push_back(dynamodb_checks(*parts_->aws, *parts_->dynamodb, settings));
    areas.push_back(metadata_checks(dynamodb_diagnosis(*parts_->aws, *parts_->dynamodb, settings),
                                    {"dynamodb/tables", "dynamodb/transactions"}));
  } else {
    areas.push_back(sqlite_checks(parts_->database));
    areas.push_back(metadata_checks(parts_->sqlite(), {"sqlite/schema"}));
  }
  if (parts_->sqs) areas.push_back(sqs_checks(*parts_->aws, *parts_->sqs, settings));
  if (parts_->redis) areas.push_back(redis_checks(settings, *parts_->redis));
  return areas;
}

}  // namespace tintype
