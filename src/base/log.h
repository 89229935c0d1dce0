#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace tintype {

enum class LogLevel { Debug, Info, Warn, Error };

// A member of a log line; one that is an empty string is left out. Strings are borrowed for the call.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const std::string& text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, bool flag) : name(field), value(flag) {}
  LogField(std::string_view field, double number) : name(field), value(number) {}
  template <typename Integer>
    requires std::is_integral_v<Integer>
  LogField(std::string_view field, Integer number) : name(field), value(static_cast<std::int64_t>(number)) {}
};

// Writes one JSON object a line: {"time":…,"level":"info","msg":…, then the fields}.
//
// Thread safety: all methods may be called concurrently; a line is one write(2) and never torn.
// Immutable after construction.
class Logger {
 public:
  // Lines below `level` are dropped. `descriptor` is borrowed, usually 2.
  Logger(LogLevel level, int descriptor) : level_(level), descriptor_(descriptor) {}

  bool enabled(LogLevel level) const { return level >= level_; }
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {}) const;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Error, message, fields);
  }

 private:
  LogLevel level_;
  int descriptor_;
};

}  // namespace tintype
