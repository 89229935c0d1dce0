#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tintype {

// ASCII only, as HTTP field names and tokens compare (RFC 9110 section 5.1).
bool iequals(std::string_view a, std::string_view b);
std::string to_lower(std::string_view text);
// Without leading and trailing spaces and tabs.
std::string_view trim(std::string_view text);
// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);
// The number of code points of well-formed UTF-8.
std::size_t utf8_length(std::string_view text);
// True if there is a C0 control character or DEL other than those in `allowed`.
bool has_control_characters(std::string_view text, std::string_view allowed = {});
// True if every byte is a visible ASCII character, 0x21 to 0x7e (VCHAR of RFC 5234 appendix B.1).
bool is_visible_ascii(std::string_view text);
// The whole of `text` as a decimal number without sign; nullopt if it is not one or overflows.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
// %XX decoded ('+' stays); nullopt for a malformed or NUL escape (RFC 3986 section 2.1).
std::optional<std::string> percent_decode(std::string_view text);
// "00ff…", lower case.
std::string hex(std::span<const std::byte> bytes);

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tintype
