#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/ulid.h"
#include "model/image_record.h"

namespace tintype::testing_support {

// The UserId of `text`, which must be one.
UserId user(std::string_view text);

// All members of a record, a line each: two records are the same if their descriptions are.
std::string describe(const ImageRecord& record);

// Makes records that differ in every member that can differ, with new ids, each uploaded a millisecond after the last.
//
// Thread safety: all methods may be called concurrently.
class RecordMaker {
 public:
  // All of one user's.
  explicit RecordMaker(std::string_view owner = "ann") : owner_(user(owner)) {}

  const UserId& owner() const { return owner_; }

  ImageId next_id();
  // Completed, with a thumbnail, in no album, without tags.
  ImageRecord next();
  ImageRecord next_in(std::string_view album, std::vector<std::string> tags = {});
  ImageRecord next_tagged(std::vector<std::string> tags);
  // Without a thumbnail, which is to be looked after a minute after the upload.
  ImageRecord next_processing();
  // Every member set, text in several scripts.
  ImageRecord next_full();

 private:
  static constexpr std::int64_t kStart = 1'780'000'000'000;  // milliseconds since 1970

  const UserId owner_;
  UlidGenerator ids_;
  std::atomic<std::int64_t> count_ = 0;
};

}  // namespace tintype::testing_support
