#include "main/doctor/data_dir_checks.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "main/doctor/amounts.h"
#include "main/doctor/file_system_checks.h"

namespace tintype {
namespace {

constexpr std::uint64_t kComfortable = 1ULL << 30;  // bytes
constexpr std::uint64_t kComfortableFiles = 10'000;

std::string message_of(int error) {
  return std::generic_category().message(error);
}

// The embedded stores' own, without which this is not the directory of a service.
std::vector<std::string> parts_of(const config::Settings& settings) {
  std::vector<std::string> parts;
  if (settings.metadata == config::Metadata::Sqlite) parts.emplace_back("tintype.db");
  if (settings.blobs == config::Blobs::Filesystem) parts.emplace_back("blobs");
  return parts;
}

std::string name_of(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return "#" + std::to_string(user);
}

std::optional<uid_t> owner_of(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

// Who runs the service: the owner of what it has made, or else of the directory.
uid_t user_of_service(const std::filesystem::path& directory) {
  for (const char* name : {"tmp", "tintype.db", "blobs", "jwt_secret"}) {
    if (const auto owner = owner_of(directory / name)) return *owner;
  }
  return owner_of(directory).value_or(::geteuid());
}

CheckOutcome check_space(const std::filesystem::path& directory, std::uint64_t largest_upload) {
  struct statvfs status{};
  if (::statvfs(directory.c_str(), &status) != 0) return not_checked(message_of(errno));
  if (status.f_files > 0 && status.f_favail < kComfortableFiles) {
    return warned("room for " + std::to_string(status.f_favail) + " more files only",
                  "free inodes, or make a file system with more: a picture takes two");
  }
  return judge_space(status.f_bavail * status.f_frsize, status.f_blocks * status.f_frsize, largest_upload);
}

}  // namespace

CheckOutcome check_directory(const std::filesystem::path& directory, const std::vector<std::string>& parts) {
  const std::string path = directory.string();
  const std::string init = "`tintype init` makes it; or name the service's own with --data-dir";
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? failed("there is no " + path, init)
                           : failed(path + ": " + message_of(errno), "let the service's user reach it");
  }
  if (!S_ISDIR(status.st_mode)) return failed(path + " is no directory", "name another with --data-dir");
  if (auto wrong = judge_user(path, ::geteuid(), user_of_service(directory))) return std::move(*wrong);
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    const int error = errno;
    return failed(path + " cannot be written: " + message_of(error),
                  error == EROFS ? "mount it for writing; a kernel does this to a broken disk (dmesg)"
                                 : "give it to the service's user, " + name_of(::geteuid()) + ", with mode 700");
  }
  for (const std::string& part : parts) {
    if (!owner_of(directory / part)) return failed("there is no " + part + " in " + path, init);
  }
  if ((status.st_mode & (S_IROTH | S_IXOTH)) == 0) return passed(path);
  return warned(path + " can be read by every user of this machine", "chmod 700 " + path);
}

std::optional<CheckOutcome> judge_user(const std::string& path, unsigned caller, unsigned user) {
  if (caller != 0 || user == 0) return std::nullopt;
  return failed(path + " is the user " + name_of(user) + "'s, and this is root",
                "run it as that user (sudo -u " + name_of(user) +
                    " tintype doctor ...): what root can do says nothing, and what it makes the service may not open");
}

CheckOutcome judge_space(std::uint64_t available, std::uint64_t total, std::uint64_t largest_upload) {
  const std::string detail = bytes_text(available) + " of " + bytes_text(total) + " free";
  if (available < 2 * largest_upload) return failed(detail, "free some: an upload and its pictures do not fit");
  return available < kComfortable ? warned(detail, "free some, or move it to a larger disk") : passed(detail);
}

CheckArea data_dir_checks(const config::Settings& settings) {
  const auto& directory = settings.data_dir;
  const auto there = [directory, parts = parts_of(settings)](Deadline) { return check_directory(directory, parts); };
  const auto space = [directory, most = settings.max_upload_bytes](Deadline) { return check_space(directory, most); };
  const bool has_sqlite = settings.metadata == config::Metadata::Sqlite;
  const auto kind = [directory, has_sqlite](Deadline) { return check_file_system(directory, has_sqlite); };
  const auto sync = [directory](Deadline) { return check_sync(directory); };
  const std::vector<std::string> needs = {"data-dir/directory"};
  return {.name = "data-dir",
          .checks = {{.name = "directory", .run = there},
                     {.name = "space", .run = space, .needs = needs},
                     {.name = "file-system", .run = kind, .needs = needs},
                     {.name = "sync", .run = sync, .needs = needs}}};
}

}  // namespace tintype
