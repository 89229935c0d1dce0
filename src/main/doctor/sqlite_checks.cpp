#include "main/doctor/sqlite_checks.h"

#include "adapters/embedded_database/schema.h"
#include "adapters/sqlite/inspection.h"

namespace tintype {
namespace {

constexpr const char* kRestore = "restore it from a backup, with the service stopped (docs/operations.md)";

CheckOutcome check_soundness(const std::filesystem::path& file, Deadline deadline) {
  auto inspection = sqlite::Inspection::open(file);
  if (!inspection) return failed(inspection.error(), kRestore);
  const auto found = inspection->quick_check(deadline);
  if (!found && found.error().code == ErrorCode::DeadlineExceeded) {
    return warned("too large to read in time", "sqlite3 " + file.string() + " 'PRAGMA quick_check'");
  }
  if (!found) return failed(found.error(), kRestore);
  return *found == "ok" ? passed("sound") : failed(*found, kRestore);
}

CheckOutcome check_schema(const std::filesystem::path& file) {
  auto inspection = sqlite::Inspection::open(file);
  if (!inspection) {
    return failed(inspection.error(), "see that the service's user may read and write it, and the directory");
  }
  const auto version = inspection->schema_version();
  if (!version) return failed(version.error(), kRestore);
  const int ours = sqlite::schema_version();
  const std::string detail = "version " + std::to_string(*version) + ", this program's is " + std::to_string(ours);
  if (*version == ours) return passed("version " + std::to_string(ours));
  if (*version > ours) return failed(detail, "run the program that has written it, or a newer one");
  return failed(detail, "back up; the next start of this program brings it up to date, and there is no way back");
}

CheckOutcome check_journal(const std::filesystem::path& file) {
  auto inspection = sqlite::Inspection::open(file);
  if (!inspection) return failed(inspection.error(), kRestore);
  const auto mode = inspection->journal_mode();
  if (!mode) return failed(mode.error(), kRestore);
  if (*mode == "wal") return passed("wal");
  return warned(*mode + ", should be wal", "nothing: the next start of the service sets it");
}

}  // namespace

CheckOutcome check_database_if_there(const std::filesystem::path& file, Deadline deadline) {
  std::error_code error;
  if (std::filesystem::status(file, error).type() == std::filesystem::file_type::not_found) {
    return passed("none yet: the first start makes it");
  }
  return check_soundness(file, deadline);
}

CheckArea sqlite_checks(const std::filesystem::path& file) {
  return {
      .name = "sqlite",
      .checks = {
          {.name = "schema", .run = [file](Deadline) { return check_schema(file); }, .needs = {"data-dir/directory"}},
          {.name = "journal", .run = [file](Deadline) { return check_journal(file); }, .needs = {"sqlite/schema"}},
          {.name = "soundness",
           .run = [file](Deadline deadline) { return check_soundness(file, deadline); },
           .needs = {"data-dir/directory"}}}};
}

}  // namespace tintype
