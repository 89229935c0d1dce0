#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tintype::sqlite {

// One use of a statement that its Connection keeps prepared: bind, step, read columns. Its end resets the statement,
// and that closes the read transaction: without it the connection would go on reading an old snapshot.
//
// Thread safety: none; use it on the thread that holds the Connection, and let it end before the Connection is let go.
class Statement {
 public:
  // `prepared` is borrowed and not in use.
  explicit Statement(sqlite3_stmt* prepared) : prepared_(prepared) {}
  Statement(Statement&& other) noexcept
      : prepared_(std::exchange(other.prepared_, nullptr)), bind_code_(other.bind_code_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds ?1, ?2, … in turn. An error shows at the next step.
  template <typename... Values>
  void bind(const Values&... values) {
    int index = 0;
    (bind_one(++index, values), ...);
  }
  // Binds ?`index`. Text is copied.
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, double value);
  void bind_one(int index, std::string_view text);
  void bind_one(int index, const std::string& text) { bind_one(index, std::string_view(text)); }
  void bind_one(int index, const std::optional<std::int64_t>& value);
  void bind_one(int index, const std::optional<std::string>& text);

  // True: there is a row to read. False: the statement is done.
  Result<bool> step();
  // Steps until done, for statements whose rows do not matter.
  Result<void> run();
  // Makes it ready to be bound and run again.
  void reset();

  // Columns of the current row, counted from 0.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::optional<std::string> optional_text(int column) const;
  bool is_null(int column) const;

 private:
  sqlite3_stmt* prepared_;
  int bind_code_ = SQLITE_OK;  // of the first bind that failed
};

}  // namespace tintype::sqlite
