#include "main/doctor/file_system_checks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "adapters/blob_filesystem/stored_meta.h"
#include "adapters/blob_filesystem/temp_file.h"
#include "base/random.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace tintype {
namespace {

constexpr std::chrono::milliseconds kSlowSync{250};

enum class Nature { Local, Memory, Layer, Network, Fuse };
struct Kind {
  unsigned long type;
  const char* name;
  Nature nature = Nature::Local;
};
// statfs(2), and linux/magic.h
constexpr auto kKinds = std::to_array<Kind>({{.type = 0xef53, .name = "ext4"},
                                             {.type = 0x58465342, .name = "xfs"},
                                             {.type = 0x9123683e, .name = "btrfs"},
                                             {.type = 0x2fc12fc1, .name = "zfs"},
                                             {.type = 0xf2f52010, .name = "f2fs"},
                                             {.type = 0xca451a4e, .name = "bcachefs"},
                                             {.type = 0x01021994, .name = "tmpfs", .nature = Nature::Memory},
                                             {.type = 0x858458f6, .name = "ramfs", .nature = Nature::Memory},
                                             {.type = 0x794c7630, .name = "overlay", .nature = Nature::Layer},
                                             {.type = 0x6969, .name = "nfs", .nature = Nature::Network},
                                             {.type = 0x517b, .name = "smb", .nature = Nature::Network},
                                             {.type = 0xfe534d42, .name = "smb2", .nature = Nature::Network},
                                             {.type = 0xff534d42, .name = "cifs", .nature = Nature::Network},
                                             {.type = 0x01021997, .name = "9p", .nature = Nature::Network},
                                             {.type = 0x00c36400, .name = "ceph", .nature = Nature::Network},
                                             {.type = 0x0bd00bd0, .name = "lustre", .nature = Nature::Network},
                                             {.type = 0x5346414f, .name = "afs", .nature = Nature::Network},
                                             {.type = 0x65735546, .name = "fuse", .nature = Nature::Fuse}});

// Where the service writes first. Its temporary files of old runs it removes by their names.
UniqueFd open_for_tries(const std::filesystem::path& data_dir) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  UniqueFd tmp(::open((data_dir / "tmp").c_str(), kFlags));
  return tmp ? std::move(tmp) : UniqueFd(::open(data_dir.c_str(), kFlags));
}

CheckOutcome cannot(const char* what, const std::string& why) {
  return failed(std::string("cannot ") + what + ": " + why,
                "keep data-dir on a local file system, such as ext4 or xfs");
}

// rename(2) without replacing, or linkat(2) in its place, as TempFile does it: "" or why not.
std::string try_to_publish(int directory) {
  auto file = TempFile::create(directory);
  if (!file) return file.error().detail;
  const std::string name = "put-" + random_hex(12);
  const std::error_code error = file->move_to(directory, name);
  if (error) return error.message();
  const bool removed = ::unlinkat(directory, name.c_str(), 0) == 0;
  return removed ? "" : std::generic_category().message(errno);
}

std::string name_of(unsigned long kind) {
  const auto* const found = std::ranges::find(kKinds, kind, &Kind::type);
  char number[32];
  std::snprintf(number, sizeof number, "type 0x%lx", kind);
  return found != kKinds.end() ? found->name : number;
}

Nature nature_of(unsigned long kind) {
  const auto* const found = std::ranges::find(kKinds, kind, &Kind::type);
  return found != kKinds.end() ? found->nature : Nature::Local;
}

}  // namespace

CheckOutcome judge_kind(unsigned long kind, bool has_sqlite, const std::string& abilities) {
  const std::string detail = name_of(kind) + ", " + abilities;
  switch (nature_of(kind)) {
    case Nature::Local:
      break;
    case Nature::Memory:
      return warned(detail, "keep data-dir on a disk: all of this is gone at the next start of the machine");
    case Nature::Layer:
      return warned(detail, "mount a volume for data-dir: all of this is gone with the container");
    case Nature::Network: {
      const std::string advice = "keep data-dir on a local file system: SQLite's WAL needs memory that processes share";
      return has_sqlite ? failed(detail, advice) : warned(detail, advice + ", and so does the quarantine list");
    }
    case Nature::Fuse:
      return warned(detail, "see that what is behind it is local and keeps locks and fsync(2), or use another");
  }
  return passed(detail);
}

CheckOutcome check_file_system(const std::filesystem::path& data_dir, bool has_sqlite) {
  const UniqueFd directory = open_for_tries(data_dir);
  struct statfs status{};
  if (!directory || ::fstatfs(directory.get(), &status) != 0)
    return cannot("look", std::generic_category().message(errno));
  if (const std::string why = try_to_publish(directory.get()); !why.empty()) return cannot("publish a file", why);
  auto file = TempFile::create(directory.get());
  if (!file) return cannot("make a file", file.error().detail);
  const auto has_attributes = set_meta_attribute(file->descriptor(), {});
  if (!has_attributes) return cannot("set an attribute", has_attributes.error().detail);
  const UniqueFd nameless(::openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  const std::string abilities =
      std::string(*has_attributes ? "extended attributes" : "no extended attributes, done without") +
      (nameless ? ", nameless files" : ", no nameless files, done without");
  return judge_kind(static_cast<unsigned long>(status.f_type), has_sqlite, abilities);
}

CheckOutcome check_sync(const std::filesystem::path& data_dir) {
  const UniqueFd directory = open_for_tries(data_dir);
  if (!directory) return cannot("open it", std::generic_category().message(errno));
  const auto begun = std::chrono::steady_clock::now();
  auto file = TempFile::create(directory.get());
  if (!file) return cannot("make a file", file.error().detail);
  const std::vector<std::byte> block(4096, std::byte{'x'});
  if (auto written = file->write(block, Deadline::never()); !written) return cannot("write", written.error().detail);
  if (auto synced = file->sync(); !synced) return cannot("fsync a file", synced.error().detail);
  if (::fsync(directory.get()) != 0) return cannot("fsync a directory", std::generic_category().message(errno));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  const std::string detail = "a file and its directory in " + std::to_string(took.count()) + " ms";
  if (took < kSlowSync) return passed(detail);
  return warned(detail, "use a faster disk, or one that is less busy: each upload waits for several of these");
}

}  // namespace tintype
