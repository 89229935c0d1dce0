#include "base/log.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time_format.h"

namespace tintype {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warn", "error"};

void append_number(std::string& json, double number) {
  if (!std::isfinite(number)) {  // JSON has none
    json += "null";
    return;
  }
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  json.append(text.data(), end);
}

void append_value(std::string& json, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) append_json_string(json, *text);
  if (const auto* integer = std::get_if<std::int64_t>(&field.value)) json += std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&field.value)) append_number(json, *number);
  if (const auto* flag = std::get_if<bool>(&field.value)) json += *flag ? "true" : "false";
}

void append_escaped(std::string& json, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"': json += "\\\""; return;
    case '\\': json += "\\\\"; return;
    case '\n': json += "\\n"; return;
    case '\r': json += "\\r"; return;
    case '\t': json += "\\t"; return;
    default: break;
  }
  const auto value = static_cast<unsigned char>(c);
  if (value >= 0x20 && value != 0x7f) {
    json += c;
    return;
  }
  json += "\\u00";
  json += kDigits[value >> 4];
  json += kDigits[value & 15];
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  const bool well_formed = is_utf8(text);
  json += '"';
  for (const char c : text) {
    if (!well_formed && static_cast<unsigned char>(c) >= 0x80) {
      json += "\xEF\xBF\xBD";
    } else {
      append_escaped(json, c);
    }
  }
  json += '"';
}

void Logger::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (!enabled(level)) return;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string line = R"({"time":")" + to_rfc3339(now) + R"(","level":")";
  line += kLevelNames[static_cast<std::size_t>(level)];
  line += R"(","msg":)";
  append_json_string(line, message);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_value(line, field);
  }
  line += "}\n";
  // A log that cannot be written must not stop the service.
  [[maybe_unused]] const ssize_t written = ::write(descriptor_, line.data(), line.size());
}

}  // namespace tintype
