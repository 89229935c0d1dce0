// The adapter that needs nothing but this machine, in the suites of metadata_store_*.cpp.
#include "adapters/metadata_sqlite/sqlite_derivation_store.h"
#include "adapters/metadata_sqlite/sqlite_event_log.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "tests/contract/metadata_store_contract.h"
#include "tests/support/temp_directory.h"

namespace tintype::testing_support {
namespace {

class SqliteUnderTest final : public MetadataStoreUnderTest {
 public:
  explicit SqliteUnderTest(bool announce) : announce_(announce) {}
  MetadataStore& store() override { return store_; }
  DerivationStore& derivations() override { return derivations_; }
  EventLog& events() override { return events_; }

 private:
  const bool announce_;
  TempDirectory directory_;
  std::shared_ptr<sqlite::EmbeddedDatabase> database_ =
      sqlite::EmbeddedDatabase::open(directory_.path() / "metadata.db").value();
  SqliteMetadataStore store_{database_, {.announce_events = announce_}};
  SqliteDerivationStore derivations_{database_, announce_};
  SqliteEventLog events_{database_};
};

}  // namespace

std::vector<MetadataStoreAdapter> metadata_store_adapters() {
  return {{.name = "sqlite",
           .make = [] { return std::make_unique<SqliteUnderTest>(true); },
           .make_silent = [] { return std::make_unique<SqliteUnderTest>(false); }}};
}

}  // namespace tintype::testing_support
