// What a client can put into Idempotency-Token and Idempotency-Key.
#include <cstdlib>
#include <string>

#include "http/idempotency_header.h"
#include "tests/support/fake_headers.h"

namespace {

using namespace tintype;
using testing_support::FakeHeaders;

void require(bool holds) {
  if (!holds) std::abort();
}

// RFC 8941 section 4.1.6.
std::string quoted(const std::string& text) {
  std::string value = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') value += '\\';
    value += character;
  }
  return value + '"';
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const char* header : {"idempotency-token", "idempotency-key"}) {
    const auto token = http::idempotency_token(FakeHeaders{{header, text}});
    if (!token) continue;
    require(IdempotencyToken::parse(token->text()).has_value());
    // What was accepted in one form is the same in the other.
    const auto again = http::idempotency_token(FakeHeaders{{"idempotency-key", quoted(token->text())}});
    require(again && *again == *token);
  }
  return 0;
}
