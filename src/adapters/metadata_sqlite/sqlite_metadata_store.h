#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/write_queue.h"
#include "base/connection_pool.h"
#include "ports/metadata_store.h"

namespace tintype {

// The metadata in one SQLite file, which several processes on one machine may use at the same time. Not for network
// file systems: WAL needs shared memory.
class SqliteMetadataStore final : public MetadataStore {
 public:
  struct Options {
    std::size_t readers = 4;                       // connections, so reads at the same time
    std::chrono::milliseconds busy_timeout{5000};  // for the lock of another process
    sqlite::WriteQueue::Limits writes = {};
  };

  // Opens `file`, creates it if there is none (its directory must exist), and brings its schema up to date. Error:
  // StoreUnavailable, with the file and the reason in the detail.
  static Result<std::unique_ptr<SqliteMetadataStore>> open(const std::filesystem::path& file, Options options);
  static Result<std::unique_ptr<SqliteMetadataStore>> open(const std::filesystem::path& file) { return open(file, {}); }

  Result<ImageRecord> find(const ImageId& id, Deadline deadline) override;
  Result<ListPage> list(const ListQuery& query, Deadline deadline) override;
  Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                  std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                  Deadline deadline) override;
  Result<ClaimOutcome> claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) override;
  Result<void> renew(const UploadClaim& claim, UnixTime due, Deadline deadline) override;
  Result<void> complete(const UploadClaim& claim, const ImageRecord& record, UnixTime remembered_until,
                        Deadline deadline) override;
  Result<void> release(const UploadClaim& claim, UnixTime due, Deadline deadline) override;
  Result<std::vector<UploadClaim>> due_claims(UnixTime now, int limit, Deadline deadline) override;
  Result<std::optional<Deletion>> expire(const UploadClaim& claim, UnixTime now, Deadline deadline) override;
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override;
  Result<std::optional<Deletion>> bury(const ImageId& id, std::span<const std::string> keys, UnixTime now,
                                       Deadline deadline) override;
  Result<std::vector<Deletion>> due_deletions(UnixTime now, int limit, Deadline deadline) override;
  Result<void> postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) override;
  Result<void> finish_deletion(const Deletion& deletion, Deadline deadline) override;
  Result<bool> import_record(const ImageRecord& record, Deadline deadline) override;
  Result<std::vector<ImageRecord>> records_after(const std::optional<ImageId>& after, int limit,
                                                 Deadline deadline) override;
  Result<std::vector<std::string>> unreferenced(std::span<const std::string> keys, Deadline deadline) override;
  Result<void> keep_verification(const VerificationReport& report, Deadline deadline) override;
  Result<std::optional<VerificationReport>> last_verification(Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  SqliteMetadataStore(const std::filesystem::path& file, const Options& options,
                      std::unique_ptr<sqlite::Connection> writer);

  template <typename T, typename Body>
  Result<T> read(Deadline deadline, const Body& body);
  template <typename T, typename Body>
  Result<T> write(Deadline deadline, const Body& body);

  const std::chrono::milliseconds busy_timeout_;
  sqlite::WriteQueue writes_;
  ConnectionPool<sqlite::Connection> readers_;
};

}  // namespace tintype
