#include "adapters/blob_filesystem/blob_walk.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "adapters/blob_filesystem/directory_stream.h"
#include "adapters/blob_filesystem/filesystem_error.h"
#include "adapters/blob_filesystem/stored_meta.h"
#include "base/unique_fd.h"

namespace tintype {
namespace {

class BlobWalk {
 public:
  // `directory` is "" or ends in '/'.
  BlobWalk(std::string directory, const std::function<bool(const BlobEntry&)>& visit, Deadline deadline)
      : key_(std::move(directory)), visit_(visit), deadline_(deadline) {}

  // Both return false when `visit` wants no more.
  Result<bool> descend(UniqueFd directory, std::string_view name_prefix);

 private:
  Result<bool> visit_entry(int directory, const char* name);

  std::string key_;  // of the entry at hand
  const std::function<bool(const BlobEntry&)>& visit_;
  const Deadline deadline_;
};

Result<bool> BlobWalk::descend(UniqueFd directory, std::string_view name_prefix) {
  const DirectoryStream stream(::fdopendir(directory.get()));
  if (!stream) return filesystem_error(errno, "read directory", key_);
  const int descriptor = directory.release();  // the stream's now
  for (;;) {
    if (deadline_.expired()) return deadline_passed("list");
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return filesystem_error(errno, "read directory", key_);
    if (entry == nullptr) return true;
    if (!std::string_view(entry->d_name).starts_with(name_prefix)) continue;
    const std::size_t length = key_.size();
    key_ += entry->d_name;
    if (is_valid_blob_key(key_)) {
      const auto go_on = visit_entry(descriptor, entry->d_name);
      if (!go_on || !*go_on) return go_on;
    }
    key_.resize(length);
  }
}

Result<bool> BlobWalk::visit_entry(int directory, const char* name) {
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  UniqueFd fd(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd && means_absent(errno)) return true;
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) return filesystem_error(errno, "open", key_);
  if (S_ISDIR(status.st_mode)) {
    key_ += '/';
    return descend(std::move(fd), {});
  }
  if (!S_ISREG(status.st_mode)) return true;
  const auto stored = read_meta(fd.get(), static_cast<std::uint64_t>(status.st_size));
  if (!stored) return fail(stored.error());
  fd.reset();  // before a visit that may take long
  return visit_({key_, stored->body_size, modification_time(status)});
}

}  // namespace

UnixTime modification_time(const struct stat& status) {
  return UnixTime(std::chrono::seconds(status.st_mtim.tv_sec) +
                  std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(status.st_mtim.tv_nsec)));
}

Result<void> walk_blobs(int root, std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                        Deadline deadline) {
  if (deadline.expired()) return deadline_passed("list");
  std::string directory;
  if (const std::size_t slash = prefix.rfind('/'); slash != std::string_view::npos) {
    directory = prefix.substr(0, slash);
    if (!is_valid_blob_key(directory)) return {};  // no key begins like that
    prefix.remove_prefix(slash + 1);
  }
  UniqueFd fd(
      ::openat(root, directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd && means_absent(errno)) return {};
  if (!fd) return filesystem_error(errno, "open directory", directory);
  if (!directory.empty()) directory += '/';
  const auto walked = BlobWalk(std::move(directory), visit, deadline).descend(std::move(fd), prefix);
  if (!walked) return fail(walked.error());
  return {};
}

}  // namespace tintype
