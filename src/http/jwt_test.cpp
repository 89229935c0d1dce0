#include "http/jwt.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"

namespace tintype::http {
namespace {

using std::chrono::seconds;

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

UnixTime at(double unix_seconds) {
  return UnixTime(std::chrono::milliseconds(static_cast<std::int64_t>(unix_seconds * 1000)));
}

JwtPolicy policy(std::optional<std::string> issuer = {}, std::optional<std::string> audience = {}) {
  return {.secret = std::string(kSecret),
          .issuer = std::move(issuer),
          .audience = std::move(audience),
          .leeway = seconds(30)};
}

std::string token_of(std::string_view header, std::string_view payload, std::string_view secret = kSecret) {
  const std::string text = base64url_encode(as_bytes(header)) + "." + base64url_encode(as_bytes(payload));
  return text + "." + base64url_encode(hmac_sha256(as_bytes(secret), as_bytes(text)));
}

// The user, or why there is none.
std::string verdict(const JwtPolicy& rules, std::string_view token, double now = 1000) {
  const auto user = JwtVerifier(rules).verify(token, at(now));
  if (user) return user->user.text();
  EXPECT_EQ(user.error().code, ErrorCode::Unauthenticated);
  return user.error().public_message;
}
std::string verdict_on_claims(std::string_view payload, const JwtPolicy& rules = policy(), double now = 1000) {
  return verdict(rules, token_of(kHeader, payload), now);
}
std::string verdict_on_header(std::string_view header) {
  return verdict(policy(), token_of(header, R"({"sub":"ann"})"));
}

// RFC 7515 appendix A.1: another implementation's token, which has no sub.
constexpr std::string_view kRfcKey =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
constexpr std::string_view kRfcToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

JwtPolicy rfc_policy() {
  JwtPolicy rules;
  rules.secret = as_text(*base64url_decode(kRfcKey));
  return rules;
}

TEST(Jwt, Rfc7515ExampleThenSignatureAcceptedAndOnlySubMissing) {
  EXPECT_EQ(verdict(rfc_policy(), kRfcToken, 1'300'819'379), "the token has no sub");
  JwtPolicy joes = rfc_policy();
  joes.issuer = "joe";
  EXPECT_EQ(verdict(joes, kRfcToken, 1'300'819'379), "the token has no sub");
}

TEST(Jwt, Rfc7515ExampleAfterItsTimeThenExpired) {
  EXPECT_EQ(verdict(rfc_policy(), kRfcToken, 1'300'819'411), "the token has expired");
}

TEST(Jwt, Rfc7515ExampleChangedAnywhereThenRefused) {
  for (std::size_t i = 0; i < kRfcToken.size(); ++i) {
    std::string changed(kRfcToken);
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const std::string message = verdict(rfc_policy(), changed, 1'300'819'379);
    EXPECT_NE(message, "the token has no sub") << "changed at " << i;
  }
}

TEST(Jwt, SignedHereThenVerifies) {
  const UserId ann = *UserId::parse("ann@example.com");
  const std::string token = sign_jwt(policy("us", "tintype"), ann, at(1000), seconds(60));
  EXPECT_EQ(verdict(policy("us", "tintype"), token, 1059), "ann@example.com");
  EXPECT_EQ(verdict(policy("us", "tintype"), token, 1090), "the token has expired");
}

TEST(Jwt, SignedHereThenSaysWhatTheRfcNames) {
  const UserId ann = *UserId::parse("ann");
  const std::string plain = sign_jwt(policy(), ann, at(1000.9), seconds(60));
  EXPECT_EQ(plain, token_of(kHeader, R"({"sub":"ann","iat":1000,"exp":1060})"));
  const std::string scoped = sign_jwt(policy("us", "tintype"), ann, at(1000), seconds(60));
  EXPECT_EQ(scoped, token_of(kHeader, R"({"sub":"ann","iat":1000,"exp":1060,"iss":"us","aud":"tintype"})"));
}

TEST(Jwt, NotInCompactFormThenNotAJwt) {
  const std::string good = token_of(kHeader, R"({"sub":"ann"})");
  for (const std::string& token : {std::string(),
                                   std::string("."),
                                   std::string(".."),
                                   std::string("..."),
                                   std::string("abc"),
                                   std::string("a.b.c"),
                                   good + ".",
                                   "." + good,
                                   good.substr(0, good.rfind('.')),
                                   good + "=",
                                   good + " ",
                                   " " + good,
                                   "Bearer " + good,
                                   token_of("", ""),
                                   token_of("{", "{}"),
                                   token_of("[]", "{}"),
                                   token_of("\"HS256\"", "{}"),
                                   token_of(kHeader, ""),
                                   token_of(kHeader, "[]"),
                                   token_of(kHeader, "{\"sub\":\"ann\"} x"),
                                   token_of(kHeader, "{\"sub\":\"\xff\"}")}) {
    EXPECT_EQ(verdict(policy(), token), "the token is not a JWT") << token;
  }
}

TEST(Jwt, DeeplyNestedJsonThenNotAJwt) {
  const std::string nested = "{\"sub\":\"ann\",\"x\":" + std::string(20, '[') + std::string(20, ']') + "}";
  EXPECT_EQ(verdict_on_claims(nested), "the token is not a JWT");
}

TEST(Jwt, OverEightKibibytesThenRefusedByLength) {
  const auto token_with = [](std::size_t padding) {
    return token_of(kHeader, "{\"sub\":\"ann\",\"x\":\"" + std::string(padding, 'x') + "\"}");
  };
  EXPECT_EQ(verdict(policy(), token_with(6000)), "ann");
  EXPECT_EQ(verdict(policy(), token_with(6200)), "the token is longer than 8192 bytes");
}

TEST(Jwt, AnotherAlgorithmThenRefused) {
  for (const std::string_view header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS384"})", R"({"alg":"hs256"})", R"({"alg":"RS256"})",
        R"({"alg":""})", R"({"alg":null})", R"({"alg":["HS256"]})", R"({"typ":"JWT"})", R"({})",
        R"({"alg":"HS256","alg":"none"})"}) {
    EXPECT_EQ(verdict_on_header(header), "the token's algorithm is not HS256") << header;
  }
}

TEST(Jwt, AlgorithmNoneWithoutSignatureThenRefused) {
  const std::string unsigned_token =
      base64url_encode(as_bytes(R"({"alg":"none"})")) + "." + base64url_encode(as_bytes(R"({"sub":"ann"})")) + ".";
  EXPECT_EQ(verdict(policy(), unsigned_token), "the token's algorithm is not HS256");
}

TEST(Jwt, CriticalExtensionThenRefused) {
  EXPECT_EQ(verdict_on_header(R"({"alg":"HS256","crit":["b64"],"b64":false})"),
            "the token's header has a crit member, which is not supported");
}

TEST(Jwt, TypeAndKeyIdThenIgnored) {
  EXPECT_EQ(verdict_on_header(R"({"alg":"HS256","typ":"at+jwt","kid":"1"})"), "ann");
}

TEST(Jwt, WrongSignatureThenRefused) {
  const std::string good = token_of(kHeader, R"({"sub":"ann"})");
  const std::string signed_text = good.substr(0, good.rfind('.') + 1);
  for (const std::string& token : {token_of(kHeader, R"({"sub":"ann"})", "another secret"), signed_text,
                                   signed_text + "AAAA", good.substr(0, good.size() - 3)}) {
    EXPECT_EQ(verdict(policy(), token), "the token's signature does not match") << token;
  }
}

TEST(Jwt, EmptySecretThenNoTokenIsGood) {
  JwtPolicy open = policy();
  open.secret.clear();
  EXPECT_EQ(verdict(open, token_of(kHeader, R"({"sub":"ann"})", "")), "the token's signature does not match");
}

TEST(Jwt, TimesThenComparedWithLeeway) {
  struct Case {
    std::string_view claims;
    double now;
    std::string_view verdict;
  };
  const Case cases[] = {
      {R"({"sub":"ann"})", 1000, "ann"},
      {R"({"sub":"ann","exp":1000})", 1029.999, "ann"},
      {R"({"sub":"ann","exp":1000})", 1030, "the token has expired"},
      {R"({"sub":"ann","exp":1000.5})", 1030.4, "ann"},
      {R"({"sub":"ann","exp":1000.5})", 1030.6, "the token has expired"},
      {R"({"sub":"ann","exp":1e3})", 1030, "the token has expired"},
      {R"({"sub":"ann","exp":18446744073709551615})", 1030, "ann"},
      {R"({"sub":"ann","exp":-1})", 1000, "the token has expired"},
      {R"({"sub":"ann","nbf":1000})", 970, "ann"},
      {R"({"sub":"ann","nbf":1000})", 969.999, "the token is not valid yet"},
      {R"({"sub":"ann","iat":99999})", 1000, "ann"},
      {R"({"sub":"ann","exp":"1000"})", 1000, "the token's exp is not a number"},
      {R"({"sub":"ann","exp":null})", 1000, "the token's exp is not a number"},
      {R"({"sub":"ann","nbf":"1000"})", 1000, "the token's nbf is not a number"},
      {R"({"sub":"ann","exp":9999,"exp":1})", 1000, "the token has expired"},
  };
  for (const Case& c : cases) EXPECT_EQ(verdict_on_claims(c.claims, policy(), c.now), c.verdict) << c.claims;
}

TEST(Jwt, IssuerOfThePolicyThenRequired) {
  const JwtPolicy ours = policy("us");
  EXPECT_EQ(verdict_on_claims(R"({"sub":"ann","iss":"us"})", ours), "ann");
  for (const std::string_view claims : {R"({"sub":"ann"})", R"({"sub":"ann","iss":"them"})",
                                        R"({"sub":"ann","iss":["us"]})", R"({"sub":"ann","iss":1})"}) {
    EXPECT_EQ(verdict_on_claims(claims, ours), "the token is from another issuer") << claims;
  }
}

TEST(Jwt, AudienceOfThePolicyThenRequired) {
  const JwtPolicy ours = policy({}, "tintype");
  EXPECT_EQ(verdict_on_claims(R"({"sub":"ann","aud":"tintype"})", ours), "ann");
  EXPECT_EQ(verdict_on_claims(R"({"sub":"ann","aud":["other","tintype"]})", ours), "ann");
  for (const std::string_view claims :
       {R"({"sub":"ann"})", R"({"sub":"ann","aud":"other"})", R"({"sub":"ann","aud":[]})",
        R"({"sub":"ann","aud":[["tintype"]]})", R"({"sub":"ann","aud":{"tintype":1}})"}) {
    EXPECT_EQ(verdict_on_claims(claims, ours), "the token is for another audience") << claims;
  }
}

TEST(Jwt, SubjectThatIsNoUserIdThenRefused) {
  const std::string long_sub = R"({"sub":")" + std::string(129, 'x') + R"("})";
  const std::string no_id = "the token's sub is not a user id: 1 to 128 bytes without control characters";
  EXPECT_EQ(verdict_on_claims("{}"), "the token has no sub");
  EXPECT_EQ(verdict_on_claims(R"({"sub":1})"), "the token's sub is not a string");
  EXPECT_EQ(verdict_on_claims(R"({"sub":""})"), no_id);
  EXPECT_EQ(verdict_on_claims(R"({"sub":"a\u0000b"})"), no_id);
  EXPECT_EQ(verdict_on_claims(long_sub), no_id);
}

}  // namespace
}  // namespace tintype::http
