#include "main/store_composition.h"

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"

namespace tintype {
namespace {

constexpr std::chrono::seconds kCheckTime{20};
constexpr std::chrono::seconds kInitTime{60};

std::filesystem::path metadata_file(const config::Settings& settings) {
  return settings.data_dir / "tintype.db";
}

Result<void> open_blobs(const config::Settings& settings, Stores& stores) {
  if (settings.blobs == config::Blobs::Filesystem) {
    auto blobs = FilesystemBlobStore::open(settings.data_dir);
    if (!blobs) return cannot_use(settings.data_dir, blobs.error());
    stores.blobs = std::move(*blobs);
    return {};
  }
  const aws::Environment environment = aws::Environment::of_process();
  stores.aws = std::make_unique<AwsParts>(environment);
  auto s3 = make_s3(*stores.aws, settings, environment);
  if (!s3) return fail(s3.error());
  stores.s3 = std::move(s3->client);
  stores.blobs = std::move(s3->store);
  const auto there = stores.blobs->check(Deadline::after(kCheckTime));
  if (there) return {};
  return fail(ErrorCode::StoreUnavailable, "cannot use the bucket " + settings.s3_bucket + ": " + there.error().detail +
                                               "; `tintype init` makes one that is missing");
}

}  // namespace

Result<Stores> open_stores(const config::Settings& settings) {
  if (auto made = make_data_dir(settings.data_dir); !made) return fail(made.error());
  Stores stores;
  if (auto opened = open_blobs(settings, stores); !opened) return fail(opened.error());
  auto metadata = SqliteMetadataStore::open(metadata_file(settings));
  if (!metadata) return cannot_use(settings.data_dir, metadata.error());
  stores.metadata = std::move(*metadata);
  return stores;
}

Result<void> init_stores(const config::Settings& settings) {
  if (settings.blobs == config::Blobs::S3) {
    const aws::Environment environment = aws::Environment::of_process();
    AwsParts aws(environment);
    auto s3 = make_s3(aws, settings, environment);
    if (!s3) return fail(s3.error());
    if (auto created = create_bucket(*s3, settings, Deadline::after(kInitTime)); !created) return created;
  }
  auto stores = open_stores(settings);
  return stores ? Result<void>() : fail(stores.error());
}

Result<Stores> open_existing_stores(const config::Settings& settings) {
  std::error_code error;
  if (std::filesystem::status(metadata_file(settings), error).type() == std::filesystem::file_type::not_found) {
    return fail(ErrorCode::StoreUnavailable, "there is no tintype.db in " + settings.data_dir.string() +
                                                 "; name the data directory of the service with --data-dir");
  }
  return open_stores(settings);
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
