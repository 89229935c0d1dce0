#include "adapters/sqlite/statement.h"

#include "adapters/sqlite/sqlite_error.h"

namespace tintype::sqlite {

Statement::~Statement() {
  if (prepared_ != nullptr) reset();
}

void Statement::bind_one(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(prepared_, index, value);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind_one(int index, double value) {
  const int code = sqlite3_bind_double(prepared_, index, value);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind_one(int index, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();  // a null pointer would bind NULL
  const auto copy = SQLITE_TRANSIENT;  // NOLINT(performance-no-int-to-ptr): sqlite3.h spells it as a cast of -1
  const int code = sqlite3_bind_text64(prepared_, index, data, text.size(), copy, SQLITE_UTF8);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind_one(int index, const std::optional<std::int64_t>& value) {
  if (value) bind_one(index, *value);
}

void Statement::bind_one(int index, const std::optional<std::string>& text) {
  if (text) bind_one(index, std::string_view(*text));
}

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) return fail(to_error(bind_code_, sqlite3_errstr(bind_code_)));
  const int code = sqlite3_step(prepared_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(last_error(sqlite3_db_handle(prepared_)));
}

Result<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return fail(row.error());
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(prepared_);  // repeats the error of the last step, which has been told
  sqlite3_clear_bindings(prepared_);
  bind_code_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(prepared_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(prepared_, column);
}

std::string Statement::text(int column) const {
  return optional_text(column).value_or(std::string());
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(prepared_, column) == SQLITE_NULL;
}

std::optional<std::string> Statement::optional_text(int column) const {
  if (sqlite3_column_type(prepared_, column) == SQLITE_NULL) return std::nullopt;
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
  return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column)));
}

}  // namespace tintype::sqlite
