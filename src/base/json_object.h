#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tintype {

// Appends `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& json, std::string_view text);

// Appends the shortest decimal that reads back as `number` (Boost.JSON 1.81 would print 1.5 as 1.5E0); null if not
// finite.
void append_json_number(std::string& json, double number);

// Writes one flat JSON object, member by member, in the order given. Names are literals and not escaped.
class JsonObject {
 public:
  void add(std::string_view name, std::string_view text);
  void add(std::string_view name, const std::string& text) { add(name, std::string_view(text)); }
  void add(std::string_view name, const char* text) { add(name, std::string_view(text)); }
  void add(std::string_view name, const std::optional<std::string>& text);  // null if absent
  void add(std::string_view name, std::int64_t number);
  void add(std::string_view name, double number);
  void add(std::string_view name, bool flag);
  // `json` is a serialised value.
  void add_raw(std::string_view name, std::string_view json);

  std::string finish() &&;

 private:
  void begin_member(std::string_view name);
  std::string text_ = "{";
};

}  // namespace tintype
