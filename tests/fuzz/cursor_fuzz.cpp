// What a client can put into ?cursor=, If-Match, If-None-Match and Range.
#include <cstdlib>
#include <string>

#include "http/byte_range.h"
#include "http/conditional_request.h"
#include "http/list_cursor.h"

namespace {

using namespace tintype;
using namespace tintype::http;

void require(bool holds) {
  if (!holds) std::abort();
}

// What decodes is what was encoded, to the character.
void check_cursor(std::string_view text, unsigned char choice) {
  ListQuery query{*UserId::parse("ann")};
  if ((choice & 1) != 0) query.album_id = "summer";
  if ((choice & 2) != 0) query.tag = "cat";
  if ((choice & 4) != 0) query.order = SortOrder::OldestFirst;
  const auto position = decode_cursor(query, text);
  if (position) require(encode_cursor(query, *position) == text);
}

void check_range(std::string_view header, std::uint64_t size) {
  const ByteRange range = parse_range(header, size);
  if (range.kind == ByteRange::Kind::Part) require(range.first <= range.last && range.last < size);
}

// A strong match is a weak one too.
void check_conditions(std::string_view header) {
  for (const std::string_view etag : {"\"1\"", "W/\"1\"", "\"\"", ""}) {
    if (if_match(header, etag)) require(if_none_match(header, etag));
  }
  (void)if_none_match("\"1\"", header);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  check_cursor(text, bytes[0]);
  check_range(text, bytes[0]);
  check_range(text, ~std::uint64_t{0} - bytes[0]);
  check_conditions(text);
  return 0;
}
