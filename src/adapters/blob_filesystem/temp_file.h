#pragma once

#include <span>
#include <string>
#include <system_error>

#include "base/deadline.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace tintype {

// A file that is still being written. Its name is removed at destruction, unless it was moved into place.
class TempFile {
 public:
  // Makes one with a random name in `directory`, which is borrowed and must outlive it. Error: StoreUnavailable.
  static Result<TempFile> create(int directory);

  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  ~TempFile();

  // Appends. Errors: StoreUnavailable, DeadlineExceeded (looked at every few megabytes).
  Result<void> write(std::span<const std::byte> bytes, Deadline deadline);
  // The bytes and extended attributes survive power loss after this; the name does not yet.
  Result<void> sync();

  // Renames to `path` below `directory`, replacing a file that is there, and keeps it. On an error nothing has changed.
  [[nodiscard]] std::error_code move_to(int directory, const std::string& path);

  int descriptor() const { return fd_.get(); }

 private:
  TempFile(int directory, std::string name, UniqueFd fd);

  int directory_;
  std::string name_;  // empty once moved into place
  UniqueFd fd_;
};

}  // namespace tintype
