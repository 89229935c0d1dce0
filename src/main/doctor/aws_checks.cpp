#include "main/doctor/aws_checks.h"

#include <cmath>

#include "adapters/aws/http_date.h"
#include "base/time_format.h"
#include "main/doctor/aws_advice.h"

namespace tintype {
namespace {

constexpr std::chrono::minutes kExpiresSoon{5};
// Signatures are refused from 15 minutes on (S3, "RequestTimeTooSkewed").
constexpr std::chrono::seconds kSkewWorthAWord{30};
constexpr std::chrono::minutes kSkewTooLarge{5};
constexpr std::chrono::milliseconds kHalfOfASecond{500};  // a date has no fraction

CheckOutcome check_credentials(AwsParts& aws, Deadline deadline) {
  const auto found = aws.credentials.get(deadline);
  if (!found) {
    return failed(found.error(),
                  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile in ~/.aws");
  }
  const std::string detail = "from " + aws.credentials.source();
  if (!found->expires_at) {
    return passed(detail + (found->session_token.empty() ? ", no expiry" : ", of a session whose expiry is not known"));
  }
  const std::string until = detail + ", until " + to_rfc3339(*found->expires_at);
  if (*found->expires_at - aws.clock.now() >= kExpiresSoon) return passed(until);
  return warned(until, "see that whoever gives them gives new ones: those here are about to expire");
}

// Unsigned, so whatever it says will do.
aws::HttpResult ask(AwsParts& aws, const aws::AwsClient& client, Deadline deadline) {
  return aws.http.send({.url = client.endpoint().url() + '/'}, deadline);
}

CheckOutcome check_endpoint(AwsParts& aws, const aws::AwsClient& client, const std::string& setting,
                            Deadline deadline) {
  const auto reply = ask(aws, client, deadline);
  const AwsServiceNames names{
      .endpoint = client.endpoint().url(), .endpoint_setting = setting, .thing = {}, .thing_setting = {}};
  if (!reply) return failed(reply.error().error, aws_advice(names, {}, {}, reply.error().error));
  return passed(names.endpoint + ", region " + client.region());
}

CheckOutcome check_clock(AwsParts& aws, const aws::AwsClient& client, Deadline deadline) {
  const UnixTime before = aws.clock.now();
  const auto reply = ask(aws, client, deadline);
  if (!reply) return not_checked("no answer");
  const auto date = aws::parse_http_date(aws::field_or_empty(reply->headers, "Date"));
  if (!date) return passed("it does not tell the time");
  return judge_clock(*date + kHalfOfASecond - (before + (aws.clock.now() - before) / 2));
}

}  // namespace

CheckOutcome judge_clock(std::chrono::milliseconds offset) {
  const double seconds = std::chrono::duration<double>(offset).count();
  char text[64];
  std::snprintf(text, sizeof text, "ours is %.0f s %s", std::abs(seconds), seconds > 0 ? "behind" : "ahead");
  const auto size = std::chrono::abs(offset);
  if (size < kSkewWorthAWord) return passed("they agree");
  const std::string advice = "set the clock of this machine by NTP: requests are refused when it is 15 minutes off";
  return size < kSkewTooLarge ? warned(text, advice) : failed(text, advice);
}

CheckArea aws_checks(AwsParts& aws) {
  return {.name = "aws", .checks = {{.name = "credentials", .run = [&aws](Deadline deadline) {
                                       return check_credentials(aws, deadline);
                                     }}}};
}

std::vector<Check> endpoint_checks(AwsParts& aws, const aws::AwsClient& client, const std::string& area,
                                   const std::string& setting) {
  return {
      {.name = "endpoint",
       .run = [&aws, &client, setting](Deadline deadline) { return check_endpoint(aws, client, setting, deadline); }},
      {.name = "clock",
       .run = [&aws, &client](Deadline deadline) { return check_clock(aws, client, deadline); },
       .needs = {area + "/endpoint"}}};
}

}  // namespace tintype
