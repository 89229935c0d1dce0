#include "base/json_object.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace tintype {
namespace {

void append_escaped(std::string& json, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      break;
  }
  const auto value = static_cast<unsigned char>(c);
  json += "\\u00";
  json += kDigits[value >> 4];
  json += kDigits[value & 15];
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  const bool well_formed = is_utf8(text);
  json += '"';
  std::size_t copied = 0;  // plain characters go over in runs
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = static_cast<unsigned char>(text[i]);
    const bool foreign = value >= 0x80 && !well_formed;
    if (!foreign && value >= 0x20 && value != 0x7f && value != '"' && value != '\\') continue;
    json.append(text, copied, i - copied);
    copied = i + 1;
    if (foreign) {
      json += "\xEF\xBF\xBD";
    } else {
      append_escaped(json, text[i]);
    }
  }
  json.append(text, copied);
  json += '"';
}

void append_json_number(std::string& json, double number) {
  if (!std::isfinite(number)) {
    json += "null";
    return;
  }
  std::array<char, 32> text;
  const char* end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  json.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void JsonObject::begin_member(std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

void JsonObject::add(std::string_view name, std::string_view text) {
  begin_member(name);
  append_json_string(text_, text);
}

void JsonObject::add(std::string_view name, const std::optional<std::string>& text) {
  if (text) {
    add(name, std::string_view(*text));
  } else {
    add_raw(name, "null");
  }
}

void JsonObject::add(std::string_view name, std::int64_t number) {
  add_raw(name, std::to_string(number));
}

void JsonObject::add(std::string_view name, double number) {
  begin_member(name);
  append_json_number(text_, number);
}

void JsonObject::add(std::string_view name, bool flag) {
  add_raw(name, flag ? "true" : "false");
}

void JsonObject::add_raw(std::string_view name, std::string_view json) {
  begin_member(name);
  text_ += json;
}

std::string JsonObject::finish() && {
  text_ += '}';
  return std::move(text_);
}

}  // namespace tintype
