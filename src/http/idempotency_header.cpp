#include "http/idempotency_header.h"

#include "base/random.h"
#include "base/text.h"
#include "model/validation.h"

namespace tintype::http {
namespace {

constexpr std::string_view kTokenHeader = "Idempotency-Token";
constexpr std::string_view kKeyHeader = "Idempotency-Key";

IdempotencyToken new_token() {
  return *IdempotencyToken::parse(random_hex(16));
}

// RFC 8941 section 3.3.3, from the opening quote to the closing one; nullopt if `text` is not just that.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] == '\\') {
      if (++i == text.size() || (text[i] != '"' && text[i] != '\\')) return std::nullopt;
    }
    value += text[i];
  }
  return value;
}

Result<IdempotencyToken> parse(std::string_view header, const std::optional<std::string>& value) {
  if (!value) return invalid_field(header, "is not a well-formed quoted string (RFC 8941)");
  auto token = IdempotencyToken::parse(*value);
  if (!token) return invalid_field(header, "must be 1 to 255 visible ASCII characters");
  return std::move(*token);
}

}  // namespace

Result<IdempotencyToken> idempotency_token(const Headers& headers) {
  const std::string_view token_header = trim(headers.get(kTokenHeader));
  const std::string_view key_header = trim(headers.get(kKeyHeader));
  if (token_header.empty() && key_header.empty()) return new_token();
  if (key_header.empty()) return parse(kTokenHeader, std::string(token_header));
  auto key = parse(kKeyHeader, key_header.starts_with('"') ? unquoted(key_header) : std::string(key_header));
  if (!key || token_header.empty()) return key;
  auto token = parse(kTokenHeader, std::string(token_header));
  if (token && *token != *key) return invalid_field(kKeyHeader, "differs from Idempotency-Token; send one of them");
  return token;
}

}  // namespace tintype::http
