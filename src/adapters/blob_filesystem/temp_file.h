#pragma once

#include <span>
#include <string>
#include <system_error>

#include "base/deadline.h"
#include "base/result.h"
#include "base/time_format.h"
#include "base/unique_fd.h"

namespace tintype {

// A file that is still being written. Its name is removed at destruction, unless it was moved into place.
class TempFile {
 public:
  // Makes one with a random name in `directory`, which is borrowed and must outlive it. Error: StoreUnavailable.
  static Result<TempFile> create(int directory);

  // Removes those in `directory` that have not been written to since `before`; returns how many. Files of other names
  // stay. Errors: StoreUnavailable, DeadlineExceeded.
  static Result<int> remove_old(int directory, UnixTime before, Deadline deadline);

  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  ~TempFile();

  // Appends. Errors: StoreUnavailable, DeadlineExceeded (looked at every few megabytes).
  Result<void> write(std::span<const std::byte> bytes, Deadline deadline);
  // The bytes and extended attributes survive power loss after this; the name does not yet.
  Result<void> sync();

  // Renames to `path` below `directory` and keeps it. file_exists if there is something, which stays. On an error
  // nothing has changed.
  [[nodiscard]] std::error_code move_to(int directory, const std::string& path);

  int descriptor() const { return fd_.get(); }

 private:
  TempFile(int directory, std::string name, UniqueFd fd);

  int directory_;
  std::string name_;  // empty once moved into place
  UniqueFd fd_;
};

}  // namespace tintype
