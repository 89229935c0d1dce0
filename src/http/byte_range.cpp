#include "http/byte_range.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.h"

namespace tintype::http {
namespace {

// A position of any number of digits: what does not fit 64 bits lies behind the end of everything all the same.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
  const bool only_digits = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty() || !only_digits) return std::nullopt;
  return parse_unsigned(digits).value_or(std::numeric_limits<std::uint64_t>::max());
}

// bytes=-n: the last n bytes, or all there are. A suffix of an empty representation is satisfiable, but Content-Range
// cannot say so: it is sent whole.
ByteRange suffix(std::uint64_t length, std::uint64_t size) {
  if (length == 0) return {ByteRange::Kind::Unsatisfiable};
  if (size == 0) return {};
  return {ByteRange::Kind::Part, size - std::min(length, size), size - 1};
}

}  // namespace

ByteRange parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  header = trim(header);
  if (!iequals(header.substr(0, kUnit.size()), kUnit)) return {};
  const std::string_view range = trim(header.substr(kUnit.size()));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = parse_position(range.substr(0, dash));
  const auto last = parse_position(range.substr(dash + 1));

  if (dash == 0) return last ? suffix(*last, size) : ByteRange{};
  const bool open_ended = dash + 1 == range.size();
  if (!first || (!last && !open_ended) || (last && *last < *first)) return {};
  if (*first >= size) return {ByteRange::Kind::Unsatisfiable};
  return {ByteRange::Kind::Part, *first, std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace tintype::http
