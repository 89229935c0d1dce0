#include "http/request_id.h"

#include <algorithm>
#include <atomic>
#include <span>

#include "base/random.h"
#include "base/text.h"

namespace tintype::http {
namespace {

bool is_acceptable(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), allowed);
}

}  // namespace

std::string request_id_from(std::string_view header) {
  if (is_acceptable(header)) return std::string(header);
  static const std::string kProcess = random_hex(8);
  static std::atomic<std::uint64_t> counter{0};
  return kProcess + '-' + std::to_string(counter.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace tintype::http
