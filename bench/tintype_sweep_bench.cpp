// What a pass of the sweeper costs that finds nothing due, with so many images stored: tintype_sweep_bench [images …]
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/embedded_database/schema.h"
#include "adapters/metadata_sqlite/claims.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "adapters/system_clock/system_clock.h"
#include "service/sweep.h"
#include "tests/support/record_maker.h"
#include "tests/support/stored_record.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using testing_support::claim_for;

constexpr int kPasses = 300;

// As uploads leave them, but in one transaction.
void fill(const std::filesystem::path& file, int images, UnixTime remembered_until) {
  auto connection = sqlite::Connection::open_read_write(file, std::chrono::seconds(1)).value();
  testing_support::RecordMaker maker;
  const auto require = [](const auto& done) {
    if (!done) std::abort();
  };
  require(connection->execute("BEGIN"));
  for (int i = 0; i < images; ++i) {
    const ImageRecord record = maker.next();
    const UploadClaim claim = claim_for(record);
    require(sqlite::claim(*connection, claim, record.uploaded_at));
    require(sqlite::complete(*connection, claim, record, remembered_until));
  }
  require(connection->execute("COMMIT"));
}

void measure(int images) {
  const testing_support::TempDirectory directory;
  const SystemClock clock;
  const Logger log(LogLevel::Warn, STDERR_FILENO);
  auto blobs = FilesystemBlobStore::open(directory.path()).value();
  auto metadata = SqliteMetadataStore::open(directory.path() / "tintype.db").value();
  fill(directory.path() / "tintype.db", images, clock.now() + std::chrono::hours(24));
  FinishDeletion finish(*metadata, *blobs, clock, log);
  Sweep sweep(*metadata, *blobs, finish, clock);
  std::vector<double> milliseconds;
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto begun = std::chrono::steady_clock::now();
    if (!sweep.run({}, Deadline::never())) std::abort();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    milliseconds.push_back(took.count());
  }
  std::ranges::sort(milliseconds);
  std::printf("| %d | %.3f | %.3f | %.3f |\n", images, milliseconds[kPasses / 2], milliseconds[kPasses * 99 / 100],
              milliseconds.back());
}

}  // namespace
}  // namespace tintype

int main(int argc, char** argv) {
  std::printf("| images | p50 ms | p99 ms | longest ms |\n|---|---|---|---|\n");
  if (argc < 2) {
    for (const int images : {1000, 100'000}) tintype::measure(images);
  }
  for (int i = 1; i < argc; ++i) tintype::measure(std::atoi(argv[i]));
}
