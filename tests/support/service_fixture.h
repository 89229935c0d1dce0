#pragma once

#include <gtest/gtest.h>

#include "adapters/cache_memory/memory_cache.h"
#include "adapters/metadata_sqlite/sqlite_derivation_store.h"
#include "adapters/metadata_sqlite/sqlite_event_log.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "adapters/queue_sqlite/sqlite_job_queue.h"
#include "base/bounded_executor.h"
#include "base/log.h"
#include "base/ulid.h"
#include "service/blob_writer.h"
#include "service/derivation_scheduler.h"
#include "service/finish_deletion.h"
#include "service/image_cache.h"
#include "service/picture_maker.h"
#include "service/upload_claims.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_event_bus.h"
#include "tests/support/fake_image_engine.h"
#include "tests/support/fault_injecting_blob_store.h"
#include "tests/support/fault_injecting_image_engine.h"
#include "tests/support/fault_injecting_metadata_store.h"
#include "tests/support/memory_blob_store.h"
#include "tests/support/record_maker.h"
#include "tests/support/stored_record.h"
#include "tests/support/temp_directory.h"
#include "tests/support/text_renderer.h"

namespace tintype::testing_support {

// What use cases stand on, with a place for faults before each port.
class ServiceFixture : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(10)); }

  std::vector<std::string> blob_keys() {
    std::vector<std::string> keys;
    const auto listed =
        memory_blobs_.list("", [&](const BlobEntry& entry) { return keys.push_back(entry.key), true; }, soon());
    EXPECT_TRUE(listed);
    return keys;
  }

  // An image whose thumbnail is still to be made, and whose times have passed.
  ImageRecord add_processing_image() {
    clock_.advance(std::chrono::seconds(1));
    ImageRecord record = maker_.next();
    record.thumbnail_key.reset();
    record.created_at = clock_.now();
    async_.leave_for_later(record);
    EXPECT_TRUE(memory_blobs_.put(record.main_key, as_bytes("main"), {}, soon()));
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }
  std::vector<ReceivedJob> received_jobs() {
    return *queue_.receive(10, std::chrono::seconds(30), std::chrono::milliseconds(0), soon());
  }
  // "completed 01J…" and so on, of Ann.
  std::vector<std::string> events() {
    std::vector<std::string> said;
    const auto events = events_.events_after(user("ann"), "", 1000, soon()).value();
    for (const ImageEvent& event : events) {
      said.push_back(std::string(event_name(event.type)) + ' ' + event.image_id.text());
    }
    return said;
  }
  std::vector<Deletion> journal() { return *metadata_.due_deletions(UnixTime::max(), 1000, soon()); }
  std::vector<UploadClaim> claims() { return *metadata_.due_claims(UnixTime::max(), 1000, soon()); }

  std::string blob_text(const std::string& key) {
    auto blob = memory_blobs_.open(key, soon());
    if (!blob) return "(absent)";
    auto bytes = read_all(*blob->bytes, soon());
    return bytes ? std::string(as_text(*bytes)) : "(unreadable)";
  }

  static constexpr std::chrono::seconds kLease{60};
  static constexpr std::chrono::hours kRemembered{24};
  static constexpr std::chrono::seconds kRedriveAfter{60};

  TempDirectory directory_;
  FakeClock clock_;
  UlidGenerator ids_;
  Logger log_{LogLevel::Error, -1};  // the faults that tests inject are no news
  MemoryBlobStore memory_blobs_;
  FaultInjectingBlobStore blobs_{memory_blobs_};
  std::unique_ptr<SqliteMetadataStore> sqlite_ = std::move(*SqliteMetadataStore::open(directory_.path() / "test.db"));
  FaultInjectingMetadataStore metadata_{*sqlite_};
  TagGenerations generations_;
  MemoryCache memory_cache_{1U << 24U, generations_};
  TextRenderer renderer_;
  ImageCache image_cache_{memory_cache_, metadata_, renderer_, {.has_memory = true}};
  FakeImageEngine fake_engine_;
  FaultInjectingImageEngine engine_{fake_engine_};
  BoundedExecutor put_pool_{"test-put", 4, 4};
  BlobWriter writer_{blobs_, put_pool_};
  LeaseKeeper leases_{metadata_, clock_, kLease, log_};
  UploadClaims upload_claims_{metadata_, leases_, clock_, ids_, kRemembered, log_};
  FinishDeletion finish_{metadata_, blobs_, clock_, log_};
  RecordMaker maker_{"ann"};
  FakeEventBus bus_;
  SqliteDerivationStore derivations_{sqlite_->database(), false};
  SqliteEventLog events_{sqlite_->database()};
  SqliteJobQueue queue_{sqlite_->database(), clock_, {.max_attempts = 3}};
  ThumbnailMode inline_mode_{{.setting = ThumbnailMode::Setting::Inline}};
  ThumbnailMode async_mode_{{.setting = ThumbnailMode::Setting::Async}};
  DerivationScheduler inline_{inline_mode_, queue_, bus_, kRedriveAfter, log_};
  DerivationScheduler async_{async_mode_, queue_, bus_, kRedriveAfter, log_};
};

}  // namespace tintype::testing_support
