// The adapter that needs nothing but this machine, in the suites of metadata_store_*.cpp.
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "tests/contract/metadata_store_contract.h"
#include "tests/support/temp_directory.h"

namespace tintype::testing_support {
namespace {

class SqliteUnderTest final : public MetadataStoreUnderTest {
 public:
  MetadataStore& store() override { return *store_; }

 private:
  TempDirectory directory_;
  std::unique_ptr<SqliteMetadataStore> store_ = SqliteMetadataStore::open(directory_.path() / "metadata.db").value();
};

}  // namespace

std::vector<MetadataStoreAdapter> metadata_store_adapters() {
  return {{"sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}};
}

}  // namespace tintype::testing_support
