#include "http/content_disposition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace tintype::http {
namespace {

constexpr std::string_view kWhiteSpace = " \t";

void skip_white_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
}

// Takes a quoted string off the front of `text`, which begins with its quote; nullopt if it is not closed.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    const bool escapes = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (escapes) ++i;
    value += text[i];
  }
  return std::nullopt;
}

// Takes what comes before the next ';' off the front of `text`.
std::optional<std::string> take_unquoted(std::string_view& text) {
  const std::string_view value = trim(text.substr(0, text.find(';')));
  if (value.find('"') != std::string_view::npos) return std::nullopt;
  text.remove_prefix(std::min(text.find(';'), text.size()));
  return std::string(value);
}

// Takes `name=value` off the front of `text`; what is left is empty or begins with ';'.
std::optional<HeaderParameter> take_parameter(std::string_view& text) {
  const std::size_t equals = text.find_first_of("=;");
  if (equals == std::string_view::npos || text[equals] == ';') return std::nullopt;
  std::string name = to_lower(trim(text.substr(0, equals)));
  text.remove_prefix(equals + 1);
  skip_white_space(text);
  auto value = text.starts_with('"') ? take_quoted(text) : take_unquoted(text);
  skip_white_space(text);
  if (!value || name.empty() || (!text.empty() && text.front() != ';')) return std::nullopt;
  return HeaderParameter{std::move(name), std::move(*value)};
}

// Browsers write these three, and only these, as escapes in a name or file name
// (html.spec.whatwg.org, "multipart/form-data encoding algorithm").
std::string undo_form_escapes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 3> kEscapes{{{"%22", '"'}, {"%0d", '\r'}, {"%0a", '\n'}}};
  std::string result;
  while (!text.empty()) {
    const auto escape = std::find_if(kEscapes.begin(), kEscapes.end(),
                                     [&](const auto& known) { return iequals(text.substr(0, 3), known.first); });
    const bool found = escape != kEscapes.end();
    result += found ? escape->second : text.front();
    text.remove_prefix(found ? 3 : 1);
  }
  return result;
}

std::string utf8_from_latin1(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x80) {
      result += c;
      continue;
    }
    result += static_cast<char>(0xc0 | (value >> 6));
    result += static_cast<char>(0x80 | (value & 0x3f));
  }
  return result;
}

// UTF-8''%e2%82%ac -> the euro sign (RFC 8187 section 3.2.1). The language between the quotes does not matter here.
std::optional<std::string> decode_extended(std::string_view text) {
  const std::size_t charset_end = text.find('\'');
  if (charset_end == std::string_view::npos) return std::nullopt;
  const std::size_t language_end = text.find('\'', charset_end + 1);
  if (language_end == std::string_view::npos) return std::nullopt;
  const std::string_view charset = text.substr(0, charset_end);
  auto decoded = percent_decode(text.substr(language_end + 1));
  if (!decoded) return std::nullopt;
  if (iequals(charset, "ISO-8859-1")) return utf8_from_latin1(*decoded);
  if (!iequals(charset, "UTF-8") || !is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

// The value of the only parameter called `name`; the first of the pair is false if there are several.
std::pair<bool, std::optional<std::string_view>> find_single(const std::vector<HeaderParameter>& parameters,
                                                             std::string_view name) {
  std::optional<std::string_view> value;
  for (const HeaderParameter& parameter : parameters) {
    if (parameter.name != name) continue;
    if (value) return {false, std::nullopt};
    value = parameter.value;
  }
  return {true, value};
}

tl::unexpected<Error> malformed(const std::string& problem) {
  return fail(ErrorCode::ValidationFailed, "a part's Content-Disposition " + problem);
}

}  // namespace

std::optional<std::vector<HeaderParameter>> parse_parameters(std::string_view field) {
  std::vector<HeaderParameter> parameters;
  std::string_view rest = field.substr(std::min(field.find(';'), field.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the ';'
    skip_white_space(rest);
    if (rest.empty() || rest.front() == ';') continue;
    auto parameter = take_parameter(rest);
    if (!parameter) return std::nullopt;
    parameters.push_back(std::move(*parameter));
  }
  return parameters;
}

Result<FormDisposition> parse_form_disposition(std::string_view field) {
  if (!iequals(trim(field.substr(0, field.find(';'))), "form-data")) return malformed("is not form-data");
  const auto parameters = parse_parameters(field);
  if (!parameters) return malformed("has a malformed parameter; write name=\"value\" and escape quotes in the value");
  const auto [one_name, name] = find_single(*parameters, "name");
  const auto [one_filename, filename] = find_single(*parameters, "filename");
  const auto [one_extended, extended] = find_single(*parameters, "filename*");
  if (!one_name) return malformed("has more than one name");
  if (!one_filename || !one_extended) return malformed("has more than one filename");
  if (!name || name->empty()) return malformed("has no name");

  FormDisposition disposition{undo_form_escapes(*name), std::nullopt};
  if (extended) disposition.filename = decode_extended(*extended);
  if (!disposition.filename && filename) disposition.filename = undo_form_escapes(*filename);
  return disposition;
}

}  // namespace tintype::http
