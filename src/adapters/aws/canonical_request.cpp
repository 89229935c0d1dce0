#include "adapters/aws/canonical_request.h"

#include <map>
#include <utility>

#include "base/text.h"

namespace tintype::aws {
namespace {

// Without blanks at both ends, and with one for each run of them within.
std::string collapse_blanks(std::string_view text) {
  std::string collapsed;
  bool pending = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      pending = !collapsed.empty();
      continue;
    }
    if (std::exchange(pending, false)) collapsed += ' ';
    collapsed += c;
  }
  return collapsed;
}

}  // namespace

CanonicalHeaders canonical_headers(const Fields& headers) {
  // Sorted by name alone: sorting whole lines would put "x-a-b:" before "x-a:".
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : headers) {
    const auto [entry, is_new] = sorted.try_emplace(to_lower(name));
    if (!is_new) entry->second += ',';
    entry->second += collapse_blanks(value);
  }
  CanonicalHeaders canonical;
  for (const auto& [name, value] : sorted) {
    canonical.lines += name + ':' + value + '\n';
    if (!canonical.names.empty()) canonical.names += ';';
    canonical.names += name;
  }
  return canonical;
}

std::string canonical_request(std::string_view method, std::string_view path, std::string_view query,
                              const CanonicalHeaders& headers, std::string_view payload_hash) {
  std::string text;
  for (const std::string_view part :
       {method, path, query, std::string_view(headers.lines), std::string_view(headers.names)}) {
    text.append(part).append(1, '\n');
  }
  return text.append(payload_hash);
}

}  // namespace tintype::aws
