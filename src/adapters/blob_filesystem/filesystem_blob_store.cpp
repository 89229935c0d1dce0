// DESIGN: a blob is written to a temporary file, synced, renamed to its name if nothing has that name, and the
// directory synced; the rename is what makes it visible, so a reader or a crash sees all of it or nothing. linkat(2) of
// a nameless file would leave no litter, but needs /proc. Empty directories stay: removing one while another put is
// about to rename into it is a race that is not worth a few empty directories; a put still copes with one that has
// vanished.
#include "adapters/blob_filesystem/filesystem_blob_store.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "adapters/blob_filesystem/blob_walk.h"
#include "adapters/blob_filesystem/filesystem_error.h"
#include "adapters/blob_filesystem/stored_meta.h"
#include "adapters/blob_filesystem/temp_file.h"
#include "base/crash_point.h"
#include "base/text.h"

namespace tintype {
namespace {

// A put whose directory vanishes makes it again; more often than this is somebody's mistake.
constexpr int kPublishAttempts = 3;

// O_NONBLOCK: opening a FIFO would wait for its writer.
constexpr int kOpenFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

Result<void> check_call(std::string_view step, std::string_view key, Deadline deadline) {
  if (!is_valid_blob_key(key)) return fail(ErrorCode::ValidationFailed, "not a valid blob key", std::string(key));
  if (deadline.expired()) return deadline_passed(step);
  return {};
}

Result<UniqueFd> open_directory(const std::filesystem::path& path) {
  if (const std::error_code error = make_durable_directory(path); error) {
    return filesystem_error(error.value(), "create directory", path.string());
  }
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail(ErrorCode::StoreUnavailable, "the picture store cannot be opened", path.string());
  return fd;
}

}  // namespace

Result<std::unique_ptr<FilesystemBlobStore>> FilesystemBlobStore::open(const std::filesystem::path& root,
                                                                       MetaPlace place) {
  auto blobs = open_directory(root / "blobs");
  if (!blobs) return fail(blobs.error());
  auto tmp = open_directory(root / "tmp");
  if (!tmp) return fail(tmp.error());
  // Also when both were there: whoever made them may have been stopped before this.
  if (const std::error_code error = sync_directory(AT_FDCWD, root.string()); error) {
    return filesystem_error(error.value(), "fsync", root.string());
  }
  auto store = std::make_unique<FilesystemBlobStore>(std::move(*blobs), std::move(*tmp), place);
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  // Best effort: what stays is tried again by every sweep.
  static_cast<void>(store->remove_unfinished(now - kAbandonedAfter, Deadline::never()));
  return store;
}

FilesystemBlobStore::FilesystemBlobStore(UniqueFd blobs, UniqueFd tmp, MetaPlace place)
    : blobs_(std::move(blobs)), tmp_(std::move(tmp)), place_(place), directories_(blobs_.get()) {}

Result<void> FilesystemBlobStore::put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                                      Deadline deadline) {
  if (auto checked = check_call("put", key, deadline); !checked) return checked;
  auto file = TempFile::create(tmp_.get());
  if (!file) return fail(file.error());
  if (auto written = file->write(body, deadline); !written) return written;
  if (auto kept = keep_meta(*file, meta, deadline); !kept) return kept;
  if (auto synced = file->sync(); !synced) return synced;
  crash_point("blob.written");
  return publish(*file, std::string(key), deadline);
}

Result<void> FilesystemBlobStore::keep_meta(TempFile& file, const BlobMeta& meta, Deadline deadline) const {
  if (place_ == MetaPlace::Attribute) {
    const auto kept = set_meta_attribute(file.descriptor(), meta);
    if (!kept) return fail(kept.error());
    if (*kept) return {};
  }
  return file.write(as_bytes(meta_footer(meta)), deadline);
}

Result<void> FilesystemBlobStore::publish(TempFile& file, const std::string& key, Deadline deadline) {
  for (int attempt = 1;; ++attempt) {
    std::error_code error = directories_.ensure_above(key);
    if (!error && deadline.expired()) return deadline_passed("put");
    crash_point("blob.publishing");
    if (!error) error = file.move_to(blobs_.get(), key);
    crash_point("blob.published");
    if (error == std::errc::file_exists && is_directory(key)) error = std::make_error_code(std::errc::is_a_directory);
    const bool existed = error == std::errc::file_exists;
    // No looking at the deadline: it is visible. Also if somebody else's is: whoever made it may have been stopped
    // here.
    if (!error || existed) error = sync_directory(blobs_.get(), parent_of(key));
    if (!error && existed) return fail(ErrorCode::AlreadyExists, "there is a picture under this key", key);
    if (!error) return {};
    if (error != std::errc::no_such_file_or_directory || attempt == kPublishAttempts) {
      return filesystem_error(error.value(), "publish", key);
    }
    directories_.forget();
  }
}

bool FilesystemBlobStore::is_directory(const std::string& key) const {
  struct stat status{};
  return ::fstatat(blobs_.get(), key.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

struct FilesystemBlobStore::StoredFile {
  UniqueFd fd;
  struct stat status{};
  StoredMeta stored;
};

Result<FilesystemBlobStore::StoredFile> FilesystemBlobStore::open_file(std::string_view step, std::string_view key,
                                                                       Deadline deadline) const {
  if (auto checked = check_call(step, key, deadline); !checked) return fail(checked.error());
  const std::string path(key);
  UniqueFd fd(::openat(blobs_.get(), path.c_str(), kOpenFlags));
  if (!fd && !means_absent(errno)) return filesystem_error(errno, step, key);
  return look_at(std::move(fd), key);
}

// `fd`: none if there is nothing.
Result<FilesystemBlobStore::StoredFile> FilesystemBlobStore::look_at(UniqueFd fd, std::string_view key) {
  StoredFile file;
  file.fd = std::move(fd);
  if (file.fd && ::fstat(file.fd.get(), &file.status) != 0) return filesystem_error(errno, "stat", key);
  if (!file.fd || !S_ISREG(file.status.st_mode)) {
    return fail(ErrorCode::NotFound, "there is no such picture", std::string(key));
  }
  auto stored = read_meta(file.fd.get(), static_cast<std::uint64_t>(file.status.st_size));
  if (!stored) return fail(stored.error());
  file.stored = std::move(*stored);
  return file;
}

Result<OpenBlob> FilesystemBlobStore::open(std::string_view key, Deadline deadline) {
  auto file = open_file("open", key, deadline);
  if (!file) return fail(file.error());
  return OpenBlob{std::move(file->stored.meta),
                  std::make_unique<FileSource>(std::move(file->fd), file->stored.body_size)};
}

std::optional<OpenBlob> FilesystemBlobStore::open_at_once(std::string_view key) {
  if (!is_valid_blob_key(key)) return std::nullopt;
  const open_how how{.flags = kOpenFlags, .mode = 0, .resolve = RESOLVE_CACHED};
  UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, blobs_.get(), std::string(key).c_str(), &how, sizeof how)));
  if (!fd) return std::nullopt;
  auto file = look_at(std::move(fd), key);
  if (!file) return std::nullopt;
  return OpenBlob{std::move(file->stored.meta),
                  std::make_unique<FileSource>(std::move(file->fd), file->stored.body_size)};
}

Result<BlobEntry> FilesystemBlobStore::stat(std::string_view key, Deadline deadline) {
  const auto file = open_file("stat", key, deadline);
  if (!file) return fail(file.error());
  return BlobEntry{std::string(key), file->stored.body_size, modification_time(file->status)};
}

Result<std::optional<BlobUrl>> FilesystemBlobStore::url(std::string_view key, UrlUse /*use*/,
                                                        std::chrono::seconds /*lifetime*/, Deadline deadline) {
  if (auto checked = check_call("url", key, deadline); !checked) return fail(checked.error());
  return std::nullopt;
}

Result<void> FilesystemBlobStore::remove(std::string_view key, Deadline deadline) {
  if (auto checked = check_call("remove", key, deadline); !checked) return checked;
  const std::string path(key);
  const bool removed = ::unlinkat(blobs_.get(), path.c_str(), 0) == 0;
  if (!removed && !means_absent(errno) && errno != EISDIR) return filesystem_error(errno, "remove", key);
  crash_point("blob.removed");
  // Also when there was nothing: whoever removed it may have been stopped before this.
  const std::error_code error = sync_directory(blobs_.get(), parent_of(key));
  if (error && !means_absent(error.value())) return filesystem_error(error.value(), "remove", key);
  return {};
}

Result<void> FilesystemBlobStore::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                                       Deadline deadline) {
  return walk_blobs(blobs_.get(), prefix, visit, deadline);
}

Result<int> FilesystemBlobStore::remove_unfinished(UnixTime before, Deadline deadline) {
  return TempFile::remove_old(tmp_.get(), before, deadline);
}

Result<void> FilesystemBlobStore::check(Deadline deadline) {
  if (deadline.expired()) return deadline_passed("check");
  for (const int directory : {blobs_.get(), tmp_.get()}) {
    struct stat status{};
    if (::fstat(directory, &status) != 0) return filesystem_error(errno, "check", "root");
    if (status.st_nlink == 0) return filesystem_error(ENOENT, "check", "root");  // deleted under us
    // EROFS after the kernel has remounted a broken disk. A full one passes: it still delivers.
    if (::faccessat(directory, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
      return filesystem_error(errno, "check", "root");
    }
  }
  return {};
}

}  // namespace tintype
