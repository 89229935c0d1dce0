// The steps at which the program can be ended. A point that is passed several times stands for each time.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/crash/crash_fixture.h"

namespace tintype::testing_support {

// Which stores the service under test has decides which points it passes: only files are written before they are
// published and removed one by one, and an engine without transactions makes several commits of one.
struct PointsOfStores {
  bool files = true;         // else objects in S3
  bool queue_inside = true;  // in the file of the metadata; else in SQS
  bool transactions = true;  // else of uploads: the claim's commits are 1 and 2, those of its completion 3 to 6
};
inline PointsOfStores stores_under_test_pass() {
  const char* const transactions = std::getenv("DYNAMODB_TEST_TRANSACTIONS");
  return {
      .files = std::getenv("S3_TEST_ENDPOINT") == nullptr,
      .queue_inside = std::getenv("SQS_TEST_ENDPOINT") == nullptr && std::getenv("DYNAMODB_TEST_ENDPOINT") == nullptr,
      .transactions = transactions == nullptr || transactions != std::string_view("off")};
}

inline std::vector<const char*> with_more(std::vector<const char*> points, bool wanted,
                                          std::initializer_list<const char*> more) {
  if (wanted) points.insert(points.end(), more);
  return points;
}

// Of an upload that succeeds, in about the order in which they are passed; the first commit is that of the claim.
inline std::vector<const char*> upload_points() {
  const auto stores = stores_under_test_pass();
  std::vector<const char*> points = {"metadata.before-commit:1",
                                     "metadata.after-commit:1",
                                     "upload.claimed",
                                     "upload.main-rendered",
                                     "blob.publishing:1",
                                     "blob.published:1",
                                     "upload.thumbnail-rendered",
                                     "blob.publishing:2",
                                     "blob.published:2",
                                     "upload.stored",
                                     "upload.before-commit",
                                     "metadata.before-commit:2",
                                     "metadata.after-commit:2",
                                     "upload.committed"};
  points = with_more(std::move(points), stores.files, {"blob.written:1", "blob.written:2"});
  return with_more(
      std::move(points), !stores.transactions,
      {"metadata.before-commit:3", "metadata.after-commit:3", "metadata.before-commit:4", "metadata.after-commit:4",
       "metadata.before-commit:5", "metadata.after-commit:5", "metadata.before-commit:6", "metadata.after-commit:6"});
}

// Of an upload and of the job that it leaves. The commits after the upload's two are, where the queue is in the same
// file, those that give the job, end the derivation and settle the job; else that of the derivation is the third.
inline std::vector<const char*> async_points() {
  const auto stores = stores_under_test_pass();
  std::vector<const char*> points = {
      "metadata.before-commit:1", "metadata.after-commit:1", "upload.claimed",   "upload.main-rendered",
      "blob.publishing:1",        "blob.published:1",        "upload.stored",    "upload.before-commit",
      "metadata.before-commit:2", "metadata.after-commit:2", "upload.committed", "derive.found",
      "derive.rendered",          "blob.publishing:2",       "blob.published:2", "derive.stored",
      "metadata.before-commit:3", "metadata.after-commit:3", "derive.finished",  "job.settled"};
  points = with_more(std::move(points), stores.files, {"blob.written:1", "blob.written:2"});
  return stores.queue_inside ? with_more(std::move(points), true,
                                         {"metadata.before-commit:4", "metadata.after-commit:4",
                                          "metadata.before-commit:5", "metadata.after-commit:5"})
                             : with_more(std::move(points), true, {"upload.job-pushed"});
}

// Of these, those at which there may be an image already.
inline std::vector<const char*> async_points_with_an_image() {
  auto points = async_points();
  std::erase_if(points, [](std::string_view point) {
    return point.ends_with("commit:1") || point == "metadata.before-commit:2" || point == "upload.claimed" ||
           point == "upload.main-rendered" || point == "upload.stored" || point == "upload.before-commit" ||
           (point.starts_with("blob.") && point.ends_with(":1"));
  });
  return points;
}

// Of an upload whose file turns out to be broken, from the commit that releases its claim.
inline std::vector<const char*> failure_points() {
  return with_more({"metadata.before-commit:2", "metadata.after-commit:2", "upload.given-up"},
                   !stores_under_test_pass().transactions, {"metadata.before-commit:3", "metadata.after-commit:3"});
}

// Of a deletion; the first commit is that of its beginning, whose event takes two more without transactions. Files are
// removed one by one, objects in one step.
inline std::vector<const char*> deletion_points() {
  auto points = with_more(
      {"metadata.before-commit:1", "metadata.after-commit:1", "delete.begun", "blob.removed:1",
       "deletion.blobs-removed", "metadata.before-commit:2", "metadata.after-commit:2", "deletion.finished"},
      stores_under_test_pass().files, {"deletion.one-blob-removed:1", "blob.removed:2", "deletion.one-blob-removed:2"});
  return with_more(
      std::move(points), !stores_under_test_pass().transactions,
      {"metadata.before-commit:3", "metadata.after-commit:3", "metadata.before-commit:4", "metadata.after-commit:4"});
}

// Of a sweep that finds one abandoned upload, from its look at the claim.
inline std::vector<const char*> sweep_points() {
  auto points = with_more({"sweep.claim-found", "metadata.before-commit:1", "metadata.after-commit:1",
                           "sweep.claim-ended", "blob.removed:1", "deletion.blobs-removed", "metadata.before-commit:2",
                           "metadata.after-commit:2", "deletion.finished"},
                          stores_under_test_pass().files,
                          {"deletion.one-blob-removed:1", "blob.removed:2", "deletion.one-blob-removed:2"});
  return with_more(
      std::move(points), !stores_under_test_pass().transactions,
      {"metadata.before-commit:3", "metadata.after-commit:3", "metadata.before-commit:4", "metadata.after-commit:4"});
}

// Of an upload, at which it stands still for longer than its lease.
inline std::vector<const char*> stop_points() {
  return with_more(
      {"metadata.after-commit", "upload.claimed", "upload.main-rendered", "blob.publishing", "blob.published",
       "upload.thumbnail-rendered", "upload.stored", "upload.before-commit", "upload.committed"},
      stores_under_test_pass().files, {"blob.written"});
}

inline std::string point_name(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace tintype::testing_support
