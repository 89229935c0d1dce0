#include "base/log.h"

#include <unistd.h>

#include <array>

#include "base/json_object.h"
#include "base/time_format.h"

namespace tintype {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warn", "error"};

void append_value(std::string& json, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) append_json_string(json, *text);
  if (const auto* integer = std::get_if<std::int64_t>(&field.value)) json += std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&field.value)) append_json_number(json, *number);
  if (const auto* flag = std::get_if<bool>(&field.value)) json += *flag ? "true" : "false";
}

bool is_empty_text(const LogField& field) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  return text != nullptr && text->empty();
}

}  // namespace

void Logger::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (!enabled(level)) return;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string line = R"({"time":")" + to_rfc3339(now) + R"(","level":")";
  line += kLevelNames[static_cast<std::size_t>(level)];
  line += R"(","msg":)";
  append_json_string(line, message);
  for (const LogField& field : fields) {
    if (is_empty_text(field)) continue;
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
