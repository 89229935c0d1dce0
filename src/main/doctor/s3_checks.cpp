#include "main/doctor/s3_checks.h"

#include "adapters/aws/aws_error.h"
#include "main/doctor/aws_advice.h"
#include "main/doctor/aws_checks.h"

namespace tintype {
namespace {

constexpr std::size_t kLargestFetched = std::size_t{4} << 20;

AwsServiceNames names_of(const aws::AwsClient& client) {
  return {.endpoint = client.endpoint().url(),
          .endpoint_setting = "s3-endpoint",
          .thing = "the bucket",
          .thing_setting = "s3-bucket"};
}

// Where Amazon has the bucket, which it tells anybody (HeadBucket, "x-amz-bucket-region"). Empty: nobody knows.
std::string region_of_bucket(AwsParts& aws, const aws::AwsClient& client, const std::string& bucket,
                             Deadline deadline) {
  const auto reply = aws.http.send({.method = "HEAD", .url = client.endpoint().url() + '/' + bucket}, deadline);
  return reply ? std::string(aws::field_or_empty(reply->headers, "x-amz-bucket-region")) : std::string();
}

// Ceph says AccessDenied of a wrong key, too, but lets a right one list its own buckets.
std::string advise_on_bucket(S3Parts& s3, const std::string& bucket, const Error& error, Deadline deadline) {
  std::string advice = aws_advice(names_of(*s3.client), "s3:ListBucket", bucket, error);
  const auto refusal = aws::refusal_in(error);
  const bool is_denied = refusal && refusal->status == 403 && refusal->code == "AccessDenied";
  if (!is_denied || s3.client->call({}, deadline)) return advice;
  return advice + "; or they are wrong, of which some stores say no more: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY";
}

// By a list, because what goes wrong with it is told in a body, and not by a bare 403 or 404 as for HeadBucket.
CheckOutcome check_bucket(AwsParts& aws, S3Parts& s3, const std::string& bucket, Deadline deadline) {
  const auto listed = s3.store->list(kDoctorKeys, [](const BlobEntry&) { return false; }, deadline);
  if (!listed) {
    const std::string region = region_of_bucket(aws, *s3.client, bucket, deadline);
    if (!region.empty() && region != s3.client->region()) {
      return failed(
          "the bucket " + bucket + " is in " + region + ", and requests are signed for " + s3.client->region(),
          "set AWS_REGION=" + region);
    }
    return failed(listed.error(), advise_on_bucket(s3, bucket, listed.error(), deadline));
  }
  const auto offset = s3.client->clock_offset();
  return offset.count() == 0 ? passed(bucket) : judge_clock(offset);
}

std::string advise(const S3Parts& s3, const std::string& bucket, BlobDiagnosis::Step step, const Error& error) {
  using Step = BlobDiagnosis::Step;
  const std::string objects = bucket + "/*";
  switch (step) {
    case Step::Put:
      return aws_advice(names_of(*s3.client), "s3:PutObject", objects, error);
    case Step::Remove:
      return aws_advice(names_of(*s3.client), "s3:DeleteObject", objects, error);
    case Step::Read:
    case Step::Stat:
    case Step::Url:
      return aws_advice(names_of(*s3.client), "s3:GetObject", objects, error);
    case Step::Answer:
    case Step::List:
      break;
  }
  return aws_advice(names_of(*s3.client), "s3:ListBucket", bucket, error);
}

// The URL is a key for as long as it lives, so no message repeats it.
Result<BlobDiagnosis::Fetched> fetch(AwsParts& aws, const std::string& url, Deadline deadline) {
  auto reply = aws.http.send({.url = url, .reply_limit = kLargestFetched}, deadline);
  if (reply) return BlobDiagnosis::Fetched{reply->status, std::move(reply->body)};
  Error error = reply.error().error;
  if (const std::size_t at = error.detail.find(url); at != std::string::npos) {
    error.detail.replace(at, url.size(), url.substr(0, url.find('?')));
  }
  return fail(std::move(error));
}

}  // namespace

CheckArea s3_checks(AwsParts& aws, S3Parts& s3, const config::Settings& settings) {
  CheckArea area{.name = "s3", .checks = endpoint_checks(aws, *s3.client, "s3", "s3-endpoint")};
  area.checks.push_back({.name = "bucket",
                         .run = [&aws, &s3, bucket = settings.s3_bucket](
                                    Deadline deadline) { return check_bucket(aws, s3, bucket, deadline); },
                         .needs = {"aws/credentials", "s3/endpoint"}});
  return area;
}

BlobDiagnosis s3_diagnosis(AwsParts& aws, S3Parts& s3, const config::Settings& settings) {
  return {.open = [&s3] { return Result<BlobStore*>(s3.store.get()); },
          .clock = aws.clock,
          .advise = [&s3, bucket = settings.s3_bucket](BlobDiagnosis::Step step,
                                                       const Error& error) { return advise(s3, bucket, step, error); },
          .fetch = [&aws](const std::string& url, Deadline deadline) { return fetch(aws, url, deadline); },
          .urls_are_used = settings.blob_delivery == config::BlobDelivery::Redirect};
}

}  // namespace tintype
