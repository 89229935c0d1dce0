#pragma once

#include <filesystem>
#include <memory>

#include "adapters/embedded_database/embedded_database.h"
#include "base/result.h"
#include "config/settings.h"
#include "main/aws_composition.h"
#include "ports/blob_store.h"
#include "ports/derivation_store.h"
#include "ports/event_log.h"
#include "ports/job_queue.h"
#include "ports/metadata_store.h"

namespace tintype {

struct Stores {
  std::unique_ptr<AwsParts> aws;  // null if no store is at AWS
  std::unique_ptr<aws::AwsClient> s3;
  std::unique_ptr<aws::AwsClient> dynamodb;
  std::unique_ptr<aws::AwsClient> sqs;
  std::shared_ptr<sqlite::EmbeddedDatabase> database;  // with those that are in it; null if none is
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<MetadataStore> metadata;
  std::unique_ptr<DerivationStore> derivations;
  std::unique_ptr<EventLog> events;
  std::unique_ptr<JobQueue> queue;
};

// The stores that the settings name, and the queue; makes what is missing. Error: the message says what to do about it.
Result<Stores> open_stores(const config::Settings& settings);

// The same for commands that only make sense where a service has run before: a data directory that is not there is an
// error, since it is more likely a wrong name than an empty service. Most of them need no queue, and get none.
Result<Stores> open_existing_stores(const config::Settings& settings);
Result<Stores> open_existing_stores_and_queue(const config::Settings& settings);

// The files and SQLite of the data directory, and the bucket and tables that the settings name, whichever of the two
// the settings say is in use: for copying from one to the other. Both must have been made by `tintype init` or by a
// service. Error: as above.
Result<Stores> open_embedded_stores(const config::Settings& settings);
Result<Stores> open_scale_stores(const config::Settings& settings);

// Makes what open_stores does not: the bucket and the tables. Error: as above.
Result<void> init_stores(const config::Settings& settings);

// Where SQLite keeps the metadata, and jobs.
std::filesystem::path metadata_file(const config::Settings& settings);

// Makes a directory for data, which only its owner may read, if it is not there. Error: the message says why not.
Result<void> make_data_dir(const std::filesystem::path& directory);

// An error of a store that `directory` holds, in words for who runs the service.
tl::unexpected<Error> cannot_use(const std::filesystem::path& directory, const Error& error);

}  // namespace tintype
