#include "config/setting_kinds.h"

#include <algorithm>

#include "base/text.h"
#include "config/settings_parse.h"

namespace tintype::config {

bool SizeKind::store(std::string_view value, Settings& settings) const {
  const auto bytes = parse_size(value);
  if (!bytes || *bytes < least || *bytes > most) return false;
  settings.*member = *bytes;
  return true;
}

std::string SizeKind::shown(const Settings& settings) const {
  return format_size(settings.*member);
}

std::string SizeKind::bounds() const {
  return format_size(least) + " to " + format_size(most);
}

std::string SizeKind::expected() const {
  return "a size from " + bounds() + ", in bytes or with KiB, MiB or GiB";
}

bool DurationKind::store(std::string_view value, Settings& settings) const {
  const auto duration = parse_duration(value);
  if (!duration || *duration < least || *duration > most) return false;
  settings.*member = *duration;
  return true;
}

std::string DurationKind::shown(const Settings& settings) const {
  return format_duration(settings.*member);
}

std::string DurationKind::bounds() const {
  return format_duration(least) + " to " + format_duration(most);
}

std::string DurationKind::expected() const {
  return "a duration from " + bounds() + ", with ms, s, m or h";
}

bool IntegerKind::store(std::string_view value, Settings& settings) const {
  if (!word.empty() && value == word) {
    settings.*std::get<int Settings::*>(member) = kWord;
    return true;
  }
  const auto number = parse_unsigned(value);
  if (!number || *number < least || *number > most) return false;
  std::visit([&]<typename T>(T Settings::* target) { settings.*target = static_cast<T>(*number); }, member);
  return true;
}

std::string IntegerKind::shown(const Settings& settings) const {
  if (!word.empty() && settings.*std::get<int Settings::*>(member) == kWord) return std::string(word);
  return std::visit([&](auto target) { return std::to_string(settings.*target); }, member);
}

std::string IntegerKind::bounds() const {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  const std::string with_unit = unit.empty() ? range : range + " " + std::string(unit);
  return word.empty() ? with_unit : with_unit + ", or " + std::string(word);
}

bool TextKind::store(std::string_view value, Settings& settings) const {
  // A line break would end the line of the settings file, the log or the header that it is later written to.
  if (has_control_characters(value)) return false;
  const auto kept = accept == nullptr ? std::string(value) : accept(value);
  if (!kept) return false;
  settings.*member = *kept;
  return true;
}

bool PathKind::store(std::string_view value, Settings& settings) const {
  if (value.empty() || has_control_characters(value)) return false;
  settings.*member = std::filesystem::path(value);
  return true;
}

bool SecretKind::store(std::string_view value, Settings& settings) const {
  settings.*member = std::string(value);
  return true;
}

bool ChoiceKind::store(std::string_view value, Settings& settings) const {
  const auto found = std::find(choices.begin(), choices.end(), value);
  if (found == choices.end()) return false;
  set(settings, static_cast<std::size_t>(found - choices.begin()));
  return true;
}

std::string ChoiceKind::type() const {
  std::string text;
  for (const std::string_view choice : choices) {
    if (!text.empty()) text += " | ";
    text += choice;
  }
  return text;
}

bool store(const Kind& kind, std::string_view value, Settings& settings) {
  return std::visit([&](const auto& known) { return known.store(value, settings); }, kind);
}

std::string shown(const Kind& kind, const Settings& settings) {
  return std::visit([&](const auto& known) { return known.shown(settings); }, kind);
}

std::string type(const Kind& kind) {
  return std::visit([](const auto& known) { return known.type(); }, kind);
}

std::string bounds(const Kind& kind) {
  return std::visit([](const auto& known) { return known.bounds(); }, kind);
}

std::string expected(const Kind& kind) {
  return std::visit([](const auto& known) { return known.expected(); }, kind);
}

std::optional<std::string> accept_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  const auto port = parse_unsigned(text.substr(colon + 1));
  if (!port || *port > 65535) return std::nullopt;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (host.empty() || host.find(' ') != std::string_view::npos) return std::nullopt;
  if (!bracketed && host.find_first_of("[]:/") != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> accept_public_url(std::string_view text) {
  if (text.empty()) return std::string();
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || text.find_first_of(" ?#\"\\") != std::string_view::npos) return std::nullopt;
  while (text.size() > scheme && text.ends_with('/')) text.remove_suffix(1);
  if (text.size() == scheme || text[scheme] == '/') return std::nullopt;
  return std::string(text);
}

std::optional<std::string> accept_dimension(std::string_view text) {
  constexpr std::size_t kLongest = 255;
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (text.size() > kLongest || !std::ranges::all_of(text, is_printable)) return std::nullopt;
  if (text.find_first_not_of(' ') == std::string_view::npos) return std::nullopt;
  return std::string(text);
}

}  // namespace tintype::config
