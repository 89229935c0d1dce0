#include "base/crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace tintype {
namespace {

// FIPS 180-4 by the examples of NIST's Cryptographic Standards and Guidelines page for SHA-256, and by NIST CAVP.
TEST(Sha256, GivesTheDigestsOfNist) {
  const auto digest = [](std::string_view text) { return hex(sha256(as_bytes(text))); };
  EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Hasher, PiecesGiveTheDigestOfTheWhole) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i);
  Sha256Hasher hasher;
  std::string_view left = text;
  for (std::size_t length = 0; !left.empty(); ++length) {  // 0 bytes, 1, 2, … across the 64 of a block
    hasher.update(as_bytes(left.substr(0, length)));
    left.remove_prefix(std::min(length, left.size()));
  }
  EXPECT_EQ(std::move(hasher).finish(), sha256(as_bytes(text)));
}

TEST(Sha256Hasher, NoPiecesGiveTheDigestOfNothing) {
  EXPECT_EQ(Sha256Hasher().finish(), sha256({}));
}

struct HmacVector {
  std::string key, message;
  std::string_view digest;
};

// RFC 4231 section 4, test cases 1 to 4, 6 and 7 (5 is truncated).
TEST(HmacSha256, GivesTheDigestsOfRfc4231) {
  std::string counting;
  for (char c = 1; c <= 25; ++c) counting += c;
  const HmacVector vectors[] = {
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counting, std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
       "hashed before "
       "being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const HmacVector& vector : vectors) {
    EXPECT_EQ(hex(hmac_sha256(as_bytes(vector.key), as_bytes(vector.message))), vector.digest);
  }
}

TEST(HmacSha256, TakesAnEmptyKeyAndMessage) {
  EXPECT_EQ(hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(EqualInConstantTime, ComparesLikeAnyOtherEquality) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("xbc"), as_bytes("abc")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), {}));
}

}  // namespace
}  // namespace tintype
