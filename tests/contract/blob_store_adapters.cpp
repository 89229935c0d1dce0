// The adapters that need nothing but this machine, in the suite of blob_store_contract.cpp.
#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "tests/contract/blob_store_contract.h"
#include "tests/support/memory_blob_store.h"

namespace tintype {
namespace {

BlobStoreAdapter filesystem(const std::string& name, MetaPlace place) {
  return {name, [place](const auto& directory) -> std::unique_ptr<BlobStore> {
            return std::move(FilesystemBlobStore::open(directory / "store", place).value());
          }};
}

BlobStoreAdapter memory() {
  return {"Memory", [](const auto&) { return std::make_unique<testing_support::MemoryBlobStore>(); }};
}

INSTANTIATE_TEST_SUITE_P(Adapters, BlobStoreContract,
                         testing::Values(filesystem("Filesystem", MetaPlace::Attribute),
                                         filesystem("FilesystemWithoutAttributes", MetaPlace::Footer), memory()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace tintype
