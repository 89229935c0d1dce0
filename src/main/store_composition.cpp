#include "main/store_composition.h"

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"

namespace tintype {
namespace {

std::filesystem::path metadata_file(const config::Settings& settings) {
  return settings.data_dir / "tintype.db";
}

}  // namespace

Result<Stores> open_stores(const config::Settings& settings) {
  if (auto made = make_data_dir(settings.data_dir); !made) return fail(made.error());
  auto blobs = FilesystemBlobStore::open(settings.data_dir);
  if (!blobs) return cannot_use(settings.data_dir, blobs.error());
  auto metadata = SqliteMetadataStore::open(metadata_file(settings));
  if (!metadata) return cannot_use(settings.data_dir, metadata.error());
  return Stores{std::move(*blobs), std::move(*metadata)};
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
