#pragma once

#include <cstdint>

#include "base/time_format.h"

namespace tintype {

// What a comparison of the stored blobs with the records has found (service/verify.h).
struct VerificationReport {
  std::int64_t blobs = 0;  // looked at, as are the records
  std::int64_t records = 0;
  std::int64_t orphaned_files = 0;  // blobs that nothing refers to, and that are still there
  std::int64_t missing_files = 0;   // blobs that a record refers to and that are not there
  std::int64_t corrupt_files = 0;   // blobs of a record that are not the bytes that were stored
  std::int64_t unknown_files = 0;   // blobs under keys that are none of ours; never touched
  std::int64_t repaired = 0;        // orphaned blobs that were removed; they do not count as orphaned
  double sample_percent = 100;      // the share of images that was looked at
  UnixTime finished = {};

  bool is_clean() const { return orphaned_files == 0 && missing_files == 0 && corrupt_files == 0; }

  friend bool operator==(const VerificationReport&, const VerificationReport&) = default;
};

}  // namespace tintype
