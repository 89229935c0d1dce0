#include "adapters/sqlite/inspection.h"

#include "base/text.h"

namespace tintype::sqlite {
namespace {

constexpr int kStepsBetweenLooks = 10'000;    // of SQLite's virtual machine: less than a millisecond
constexpr std::chrono::seconds kPatience{5};  // for the lock of a process that is just opening the file

int has_expired(void* deadline) {
  return static_cast<Deadline*>(deadline)->expired() ? 1 : 0;
}

}  // namespace

Result<Inspection> Inspection::open(const std::filesystem::path& file) {
  auto connection = Connection::open_read_only(file);
  if (!connection) return fail(connection.error());
  (*connection)->set_busy_timeout(kPatience);
  return Inspection(std::move(*connection));
}

Result<std::string> Inspection::first_text(std::string_view sql) {
  auto statement = connection_->statement(sql);
  if (!statement) return fail(statement.error());
  const auto row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->text(0) : std::string();
}

Result<int> Inspection::schema_version() {
  const auto text = first_text("PRAGMA user_version");
  if (!text) return fail(text.error());
  return static_cast<int>(parse_unsigned(*text).value_or(0));
}

Result<std::string> Inspection::journal_mode() {
  return first_text("PRAGMA journal_mode");
}

Result<std::string> Inspection::quick_check(Deadline deadline) {
  sqlite3_progress_handler(connection_->handle(), kStepsBetweenLooks, has_expired, &deadline);
  auto found = first_text("PRAGMA quick_check(1)");
  sqlite3_progress_handler(connection_->handle(), 0, nullptr, nullptr);
  if (!found && deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "the file is too large to check in time");
  return found;
}

}  // namespace tintype::sqlite
