#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>

namespace tintype {

// Makes the directories that lead to a blob, so that they survive power loss.
//
// A directory that merely exists may not be durable: the process that made it can have been killed, or be another one,
// before it synced the parent. So each is made sure of once per process, and remembered.
//
// Thread safety: all methods may be called concurrently.
class DurableDirectories {
 public:
  // Works below the directory `root`, which is borrowed.
  explicit DurableDirectories(int root) : root_(root) {}

  // After success every directory of `path` (all its components but the last) exists durably. no_such_file_or_directory
  // if somebody removed one that was remembered: forget and try again.
  [[nodiscard]] std::error_code ensure_above(std::string_view path);
  void forget();

 private:
  std::error_code ensure(const std::string& directory);
  bool remembers(const std::string& directory) const;
  void remember(const std::string& directory);

  const int root_;
  mutable std::mutex mutex_;
  std::unordered_set<std::string> durable_;  // guarded by mutex_; bounded
};

// "a/b" for "a/b/c", "." for "a".
std::string parent_of(std::string_view path);

// fsync of `path` (a directory) below `root`: its entries survive power loss after this.
[[nodiscard]] std::error_code sync_directory(int root, const std::string& path);

// Makes `path` and what is missing above it, durably.
[[nodiscard]] std::error_code make_durable_directory(const std::filesystem::path& path);

}  // namespace tintype
