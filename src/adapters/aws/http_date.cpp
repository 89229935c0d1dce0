#include "adapters/aws/http_date.h"

#include <ctime>
#include <string>

namespace tintype::aws {
namespace {

std::optional<UnixTime> parse_time(std::string_view text, const char* format) {
  const std::string terminated(text);
  std::tm parts{};
  const char* const end = ::strptime(terminated.c_str(), format, &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return UnixTime(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace

std::optional<UnixTime> parse_http_date(std::string_view text) {
  return parse_time(text, "%a, %d %b %Y %H:%M:%S GMT");
}

std::optional<UnixTime> parse_list_time(std::string_view text) {
  const std::size_t fraction = text.find('.');
  if (fraction == std::string_view::npos) return parse_time(text, "%Y-%m-%dT%H:%M:%SZ");
  if (!text.ends_with('Z')) return std::nullopt;
  return parse_time(text.substr(0, fraction), "%Y-%m-%dT%H:%M:%S");
}

}  // namespace tintype::aws
