#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/http_client.h"

namespace tintype::testing_support {

// A picture that was acknowledged, as it was then.
struct StoredPicture {
  std::string image_id;
  std::vector<std::string> keys = {};   // main and thumbnail
  std::vector<std::string> bytes = {};  // of each
};

// Asks for the record and both blobs; a failed expectation for each that is not answered with 200.
StoredPicture read_picture(const ApiClient& api, const std::string& image_id);
void expect_unchanged(const ApiClient& api, const StoredPicture& picture);

// Clients that upload without a pause, each picture another and with a token of its own, until they are stopped. Every
// answer but 201 must be a problem document that says that the store is not available, and when to come back.
//
// Thread safety: stored(), refused() and slowest() may be called concurrently.
class StorageLoad {
 public:
  struct Upload {
    std::string token;
    std::string file;
    std::string image_id = {};  // empty until it was acknowledged
  };

  // `leases_may_run_out`: an upload may also be answered that another attempt has its claim, which is so once its lease
  // has passed and a sweeper has come, for a request may last longer than the leases of a test.
  StorageLoad(const ApiClient& api, int clients, bool leases_may_run_out = false);
  ~StorageLoad() { stop(); }
  StorageLoad(const StorageLoad&) = delete;
  StorageLoad& operator=(const StorageLoad&) = delete;

  int stored() const { return stored_; }
  int refused() const { return refused_; }
  // The longest that any upload has waited for its answer.
  std::chrono::milliseconds slowest() const { return std::chrono::milliseconds(slowest_); }
  // All uploads in no order, once the clients have their last answers.
  std::vector<Upload> stop();

 private:
  void upload_until_stopped(int client);
  void note_wait(std::chrono::steady_clock::duration wait);

  const ApiClient& api_;
  const bool leases_may_run_out_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> stored_ = 0;
  std::atomic<int> refused_ = 0;
  std::atomic<std::int64_t> slowest_ = 0;  // ms
  std::mutex mutex_;
  std::vector<Upload> uploads_;  // guarded by mutex_
  std::vector<std::thread> clients_;
};

// An upload sent again with its token gives the image that was acknowledged, whole, or one at last. Of those that were
// refused only so many are sent again: what the others have left is for the sweepers.
void expect_one_image_each(const ApiClient& api, const std::vector<StorageLoad::Upload>& uploads,
                           std::size_t refused_at_most = SIZE_MAX);

}  // namespace tintype::testing_support
