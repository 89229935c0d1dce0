#include "http/query_string.h"

#include <algorithm>

#include "base/text.h"

namespace tintype::http {
namespace {

std::optional<std::string> decode(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

}  // namespace

Result<std::vector<Parameter>> parse_query(std::string_view query) {
  constexpr std::size_t kMaxParameters = 64;
  std::vector<Parameter> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals));
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return fail(ErrorCode::ValidationFailed, "the query string contains a malformed %-escape");
    if (parameters.size() == kMaxParameters)
      return fail(ErrorCode::ValidationFailed, "the query string has too many parameters");
    parameters.push_back({std::move(*name), std::move(*value)});
  }
  return parameters;
}

}  // namespace tintype::http
