// A disk that fails on request, for a program that is started with this library in LD_PRELOAD. The environment variable
// FAILING_DISK names a directory; while it holds a file with the name of a fault, calls of that kind fail:
//   sync             fsync and fdatasync
//   database-sync    the same, of a database's WAL only
//   database-write   writes to a database's WAL, and cutting it
// The file says with which errno, as a number, and how many of the calls: "5 1" is EIO each time, "28 3" ENOSPC every
// third time, across all files.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::atomic<unsigned> calls = 0;

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_wal(int descriptor) {
  char target[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
  return size > 0 && std::string_view(target, static_cast<std::size_t>(size)).ends_with(".db-wal");
}

// True, with errno set, if this call is to fail.
bool fails(const char* fault) {
  const char* const directory = std::getenv("FAILING_DISK");
  if (directory == nullptr) return false;
  const int before = errno;
  std::FILE* const file = std::fopen((std::string(directory) + '/' + fault).c_str(), "re");
  errno = before;
  if (file == nullptr) return false;
  int error = 0;
  unsigned every = 0;
  const bool is_whole = std::fscanf(file, "%d %u", &error, &every) == 2;
  std::fclose(file);
  if (!is_whole || every == 0 || ++calls % every != 0) return false;
  errno = error;
  return true;
}

bool sync_fails(int descriptor) {
  return fails("sync") || (is_wal(descriptor) && fails("database-sync"));
}

bool write_fails(int descriptor) {
  return is_wal(descriptor) && fails("database-write");
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
  static auto* const real = next<decltype(fsync)>("fsync");
  return sync_fails(descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor) {
  static auto* const real = next<decltype(fdatasync)>("fdatasync");
  return sync_fails(descriptor) ? -1 : real(descriptor);
}

// SQLite writes and cuts its files with these two.
ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  static auto* const real = next<decltype(pwrite64)>("pwrite64");
  return write_fails(descriptor) ? -1 : real(descriptor, bytes, size, offset);
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  static auto* const real = next<decltype(ftruncate64)>("ftruncate64");
  return write_fails(descriptor) ? -1 : real(descriptor, size);
}

}  // extern "C"
