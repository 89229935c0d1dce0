#include "main/doctor/aws_advice.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/aws/aws_error.h"

namespace tintype {
namespace {

struct CodeAdvice {
  std::string_view code;
  const char* advice;
};

constexpr const char* kUnknownKey =
    "the access key is not known there: use one that is (AWS_ACCESS_KEY_ID, or the profile in ~/.aws)";
constexpr const char* kWrongSecret =
    "the secret key is not that of the access key: set both anew (AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws)";
constexpr const char* kExpired = "the credentials have expired: get new ones";
constexpr const char* kSession = "AWS_SESSION_TOKEN is not that of the access key: set all three anew, or unset it";
constexpr const char* kClock = "set the clock of this machine by NTP";
constexpr const char* kRegion = "set AWS_REGION to the region of the bucket";
constexpr const char* kLacking = "it lacks this operation: use another one, or a newer version of it";

// Amazon S3 and DynamoDB, "Error responses".
constexpr auto kByCode = std::to_array<CodeAdvice>({{"InvalidAccessKeyId", kUnknownKey},
                                                    {"UnrecognizedClientException", kUnknownKey},
                                                    {"SignatureDoesNotMatch", kWrongSecret},
                                                    {"InvalidSignatureException", kWrongSecret},
                                                    {"ExpiredToken", kExpired},
                                                    {"ExpiredTokenException", kExpired},
                                                    {"InvalidToken", kSession},
                                                    {"InvalidClientTokenId", kSession},
                                                    {"RequestTimeTooSkewed", kClock},
                                                    {"RequestExpired", kClock},
                                                    {"PermanentRedirect", kRegion},
                                                    {"TemporaryRedirect", kRegion},
                                                    {"AuthorizationHeaderMalformed", kRegion},
                                                    {"NotImplemented", kLacking},
                                                    {"UnknownOperationException", kLacking}});

bool is_about_what_is_missing(const aws::Refusal& refusal) {
  return refusal.code == "NoSuchBucket" || refusal.code == "ResourceNotFoundException" ||
         (refusal.status == 404 && refusal.code.empty());
}

}  // namespace

std::string aws_advice(const AwsServiceNames& names, const std::string& permission, const std::string& resource,
                       const Error& error) {
  const auto refusal = aws::refusal_in(error);
  if (!refusal) {
    return "see that something answers at " + names.endpoint + ": " + names.endpoint_setting +
           ", network, firewall, proxy (https_proxy, no_proxy)";
  }
  const auto* const known = std::ranges::find(kByCode, refusal->code, &CodeAdvice::code);
  if (known != kByCode.end()) return known->advice;
  if (is_about_what_is_missing(*refusal)) {
    return "`tintype init` makes " + names.thing + ", unless " + names.thing_setting + " is wrong";
  }
  if (refusal->status == 401 || refusal->status == 403 || refusal->code == "AccessDeniedException") {
    return "allow " + permission + " on " + resource + " to these credentials";
  }
  if (aws::is_throttling(refusal->status, refusal->code)) return "it is busy: allow more requests, or try again later";
  if (refusal->status >= 500) return "it fails by itself: see its log";
  return "see what its documentation says about this answer";
}

}  // namespace tintype
