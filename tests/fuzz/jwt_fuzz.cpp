// Tokens as they come, and JSON of any kind in tokens that are signed well, so that the claims are reached too.
#include <cstdlib>
#include <string>

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "http/jwt.h"

namespace {

using namespace tintype;
using namespace tintype::http;

JwtPolicy policy() {
  return {.secret = "0123456789abcdef0123456789abcdef", .issuer = "us", .audience = "tintype"};
}

std::string signed_token(std::string_view header, std::string_view payload) {
  const std::string text = base64url_encode(as_bytes(header)) + "." + base64url_encode(as_bytes(payload));
  return text + "." + base64url_encode(hmac_sha256(as_bytes(policy().secret), as_bytes(text)));
}

void verify(const JwtPolicy& rules, std::string_view token) {
  const auto read = JwtVerifier(rules).verify(token, UnixTime(std::chrono::seconds(1000)));
  const bool sound =
      read ? UserId::parse(read->user.text()) == read->user : read.error().code == ErrorCode::Unauthenticated;
  if (!sound) std::abort();
}

}  // namespace

// The first byte chooses: a whole token, the payload of a good one, its header, or the subject of one made here.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  JwtPolicy lax = policy();
  lax.issuer.reset();
  lax.audience.reset();
  switch (bytes[0] % 4) {
    case 0:
      verify(policy(), text);
      break;
    case 1:
      verify(policy(), signed_token(R"({"alg":"HS256"})", text));
      verify(lax, signed_token(R"({"alg":"HS256"})", text));
      break;
    case 2:
      verify(lax, signed_token(text, R"({"sub":"ann"})"));
      break;
    default:
      if (const auto user = UserId::parse(text)) {
        const auto now = UnixTime(std::chrono::seconds(1000));
        const auto read = JwtVerifier(policy()).verify(sign_jwt(policy(), *user, now, std::chrono::seconds(9)), now);
        if (!read || read->user != *user) std::abort();
      }
  }
  return 0;
}
