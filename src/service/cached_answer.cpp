#include "service/cached_answer.h"

#include <limits>

#include "base/text.h"

namespace tintype {
namespace {

// Counts up when the form below changes; for what is rendered into it the variant does.
constexpr char kFormat = '1';

}  // namespace

// format, kind, variant, ' ', version, ' ', owner, '\n', body. No user id has a control character in it.
std::string CachedAnswer::encode(Kind kind, std::string_view variant, std::int64_t version, std::string_view owner,
                                 std::string_view body) {
  std::string bytes = {kFormat, static_cast<char>(kind)};
  bytes.reserve(variant.size() + owner.size() + body.size() + 32);
  bytes += variant;
  bytes += ' ';
  bytes += std::to_string(version);
  bytes += ' ';
  bytes += owner;
  bytes += '\n';
  bytes += body;
  return bytes;
}

std::optional<CachedAnswer> CachedAnswer::decode(CachedBytes bytes, std::string_view variant) {
  if (bytes == nullptr) return std::nullopt;
  std::string_view rest = *bytes;
  if (rest.size() < 2 + variant.size() + 1 || rest[0] != kFormat) return std::nullopt;
  const char kind = rest[1];
  const bool is_known = kind == static_cast<char>(Kind::Image) || kind == static_cast<char>(Kind::NoImage) ||
                        kind == static_cast<char>(Kind::List);
  rest.remove_prefix(2);
  if (!is_known || !rest.starts_with(variant) || rest[variant.size()] != ' ') return std::nullopt;
  rest.remove_prefix(variant.size() + 1);
  const std::size_t space = rest.find(' ');
  const std::size_t line = rest.find('\n');
  if (space == std::string_view::npos || line == std::string_view::npos || line < space) return std::nullopt;
  const auto version = parse_unsigned(rest.substr(0, space));
  if (!version || *version > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  CachedAnswer answer;
  answer.kind_ = static_cast<Kind>(kind);
  answer.version_ = static_cast<std::int64_t>(*version);
  answer.owner_ = rest.substr(space + 1, line - space - 1);
  answer.body_ = rest.substr(line + 1);
  answer.bytes_ = std::move(bytes);
  return answer;
}

}  // namespace tintype
