#include "tests/integration/storage_load.h"

#include <gmock/gmock.h>

#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {
namespace {

// A client that is refused comes back at most this often, or it would only measure how fast the service says no.
constexpr std::chrono::milliseconds kPause{20};

void expect_clear_refusal(const HttpAnswer& answer, bool leases_may_run_out) {
  const bool has_lost_its_claim = answer.status == 409 && error_code(answer) == "UPLOAD_IN_PROGRESS";
  if (!leases_may_run_out || !has_lost_its_claim) {
    EXPECT_THAT(answer.status, testing::AnyOf(503, 507)) << answer.body << answer.transport_error;
    EXPECT_THAT(error_code(answer), testing::AnyOf("STORE_UNAVAILABLE", "OVERLOADED"));
  }
  EXPECT_TRUE(answer.headers.contains("content-type") && answer.headers.contains("retry-after")) << answer.body;
  if (answer.headers.contains("content-type")) {
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  }
}

}  // namespace

StoredPicture read_picture(const ApiClient& api, const std::string& image_id) {
  StoredPicture picture{.image_id = image_id};
  const auto record = api.get("/images/" + image_id);
  EXPECT_EQ(record.status, 200) << record.body;
  for (const char* key : {"s3Key", "thumbnailKey"}) {
    picture.keys.push_back(json_text(record.body, key));
    const auto blob = api.get("/blobs/" + picture.keys.back());
    EXPECT_EQ(blob.status, 200) << blob.body;
    picture.bytes.push_back(blob.body);
  }
  return picture;
}

void expect_unchanged(const ApiClient& api, const StoredPicture& picture) {
  const StoredPicture now = read_picture(api, picture.image_id);
  EXPECT_EQ(now.keys, picture.keys);
  EXPECT_TRUE(now.bytes == picture.bytes) << picture.image_id << " has other bytes";
}

StorageLoad::StorageLoad(const ApiClient& api, int clients, bool leases_may_run_out)
    : api_(api), leases_may_run_out_(leases_may_run_out) {
  for (int client = 0; client < clients; ++client) {
    clients_.emplace_back([this, client] { upload_until_stopped(client); });
  }
}

std::vector<StorageLoad::Upload> StorageLoad::stop() {
  stopping_ = true;
  for (std::thread& client : clients_) client.join();
  clients_.clear();
  const std::lock_guard lock(mutex_);
  return uploads_;
}

void StorageLoad::note_wait(std::chrono::steady_clock::duration wait) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  std::int64_t seen = slowest_;
  while (now > seen && !slowest_.compare_exchange_weak(seen, now)) {
  }
}

void StorageLoad::upload_until_stopped(int client) {
  const std::string picture = as_file(make_jpeg({.width = 320, .height = 240, .pattern = Pattern::Noise}));
  for (int number = 0; !stopping_; ++number) {
    const std::string token = "token-" + std::to_string(client) + "-" + std::to_string(number);
    Upload upload{.token = token, .file = picture + token};  // what follows the picture makes it another file
    const auto begun = std::chrono::steady_clock::now();
    const auto answer = api_.upload(upload.file, {}, "photo.jpg", {"Idempotency-Token: " + token});
    note_wait(std::chrono::steady_clock::now() - begun);
    const bool is_stored = answer.status == 201;
    if (is_stored) {
      upload.image_id = json_text(answer.body, "imageId");
    } else {
      expect_clear_refusal(answer, leases_may_run_out_);
      std::this_thread::sleep_for(kPause);
    }
    ++(is_stored ? stored_ : refused_);
    const std::lock_guard lock(mutex_);
    uploads_.push_back(std::move(upload));
  }
}

void expect_one_image_each(const ApiClient& api, const std::vector<StorageLoad::Upload>& uploads,
                           std::size_t refused_at_most) {
  std::size_t refused = 0;
  for (const StorageLoad::Upload& upload : uploads) {
    if (upload.image_id.empty() && ++refused > refused_at_most) continue;
    HttpAnswer answer;
    const auto is_answered = [&] {
      answer = api.upload(upload.file, {}, "photo.jpg", {"Idempotency-Token: " + upload.token});
      return answer.status == 200 || answer.status == 201;
    };
    ASSERT_TRUE(eventually(is_answered)) << answer.status << answer.body;
    const std::string id = json_text(answer.body, "imageId");
    if (upload.image_id.empty()) continue;
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(id, upload.image_id);
    (void)read_picture(api, id);
  }
}

}  // namespace tintype::testing_support
