#include "adapters/sqlite/sqlite_error.h"

namespace tintype::sqlite {
namespace {

ErrorCode to_error_code(int primary_code) {
  switch (primary_code) {
    case SQLITE_BUSY:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_FULL:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
    case SQLITE_LOCKED:
    case SQLITE_NOLFS:
    case SQLITE_NOMEM:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY:
      return ErrorCode::StoreUnavailable;
    default:
      return ErrorCode::Internal;
  }
}

}  // namespace

Error to_error(int extended_code, const std::string& text) {
  const ErrorCode code = to_error_code(extended_code & kPrimaryCodeMask);
  std::string message =
      code == ErrorCode::StoreUnavailable ? "the store is not available; try again later" : "the store failed";
  return Error{code, std::move(message), "sqlite " + std::to_string(extended_code) + ": " + text};
}

Error last_error(sqlite3* connection) {
  return to_error(sqlite3_extended_errcode(connection), sqlite3_errmsg(connection));
}

}  // namespace tintype::sqlite
