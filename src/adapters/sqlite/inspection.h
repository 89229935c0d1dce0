#pragma once

#include <filesystem>
#include <string>

#include "adapters/sqlite/connection.h"
#include "base/deadline.h"

namespace tintype::sqlite {

// Looks at a database file that others may be using, and changes nothing in it.
//
// Thread safety: none.
class Inspection {
 public:
  // Error: StoreUnavailable, also if there is no such file.
  static Result<Inspection> open(const std::filesystem::path& file);

  // What migration.h counts.
  Result<int> schema_version();
  // "wal", "delete" and so on (sqlite.org/pragma.html#pragma_journal_mode).
  Result<std::string> journal_mode();
  // "ok", or the first thing that is wrong with the file (sqlite.org/pragma.html#pragma_quick_check). Reads all of it.
  // DeadlineExceeded if it takes longer, which says nothing about the file.
  Result<std::string> quick_check(Deadline deadline);

 private:
  explicit Inspection(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  Result<std::string> first_text(std::string_view sql);

  std::unique_ptr<Connection> connection_;
};

}  // namespace tintype::sqlite
