#include <algorithm>

#include "base/text.h"
#include "config/settings.h"

// The syntax of a settings file. Errors name the line and never repeat what stands in it: it may be a secret.

namespace tintype::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_comment_or_empty(std::string_view text) {
  text = trim(text);
  return text.empty() || text.front() == '#';
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

tl::unexpected<Error> fail_line(int line, const std::string& problem) {
  return fail(ErrorCode::ValidationFailed, "line " + std::to_string(line) + ": " + problem);
}

// `text` begins with the opening quote.
Result<std::string> read_quoted(std::string_view text, int line) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (is_comment_or_empty(text.substr(i + 1))) return value;
      return fail_line(line, "only a comment may follow the closing quote");
    }
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || (text[i] != '"' && text[i] != '\\')) {
        return fail_line(line, R"(a backslash in double quotes must be followed by " or \)");
      }
    }
    value += text[i];
  }
  return fail_line(line, "the closing quote is missing");
}

// Up to a '#' that white space precedes, so that secrets and URLs may contain one.
std::string read_plain(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '#' && (text[i - 1] == ' ' || text[i - 1] == '\t')) return std::string(trim(text.substr(0, i)));
  }
  return std::string(trim(text));
}

Result<Assignment> read_line(std::string_view text, int line) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return fail_line(line, "expected name = value");
  const std::string_view name = trim(text.substr(0, equals));
  if (!is_name(name)) return fail_line(line, "expected the name of a setting before '='");
  const std::string_view rest = trim(text.substr(equals + 1));
  Assignment assignment{std::string(name), {}, line};
  if (rest.starts_with('"')) {
    auto value = read_quoted(rest, line);
    if (!value) return fail(value.error());
    assignment.value = std::move(*value);
  } else if (!is_comment_or_empty(rest)) {
    assignment.value = read_plain(rest);
  }
  return assignment;
}

// Removes the first line from `text` and returns it without its ending.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::vector<Assignment>> parse_settings_file(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Assignment> assignments;
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view content = take_line(text);
    if (is_comment_or_empty(content)) continue;
    auto assignment = read_line(content, line);
    if (!assignment) return fail(assignment.error());
    const auto same = std::find_if(assignments.begin(), assignments.end(),
                                   [&](const Assignment& earlier) { return earlier.name == assignment->name; });
    if (same != assignments.end()) {
      return fail_line(line, assignment->name + " is already set in line " + std::to_string(same->line));
    }
    assignments.push_back(std::move(*assignment));
  }
  return assignments;
}

}  // namespace tintype::config
