#include "main/doctor/s3_checks.h"

#include "main/doctor/aws_checks.h"
#include "tests/support/aws_checks_fixture.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kEmptyList = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

std::string fault(const std::string& code) {
  return "<Error><Code>" + code + "</Code><Message>no</Message></Error>";
}

class S3Checks : public AwsChecksFixture {
 protected:
  DiagnosisReport run_on(Script script, std::chrono::milliseconds time = kTime) {
    serve(std::move(script));
    settings_.s3_bucket = "pictures";
    settings_.s3_endpoint = server_->url();
    s3_ = make_s3(aws_, settings_, environment_).value();
    return run({aws_checks(aws_), s3_checks(aws_, s3_, settings_)}, time);
  }
  // `refused` for what is signed.
  static Script refusing(ScriptedAnswer refused) {
    return [refused](const ReceivedRequest& request) {
      return request.headers.contains("authorization") ? refused : answer(403, "");
    };
  }
  S3Parts s3_;
};

TEST_F(S3Checks, GoodServicePassesAndItsCredentialsAreNamedByTheirSource) {
  const DiagnosisReport report = run_on([](const ReceivedRequest&) { return answer(200, kEmptyList); });
  EXPECT_EQ(report.count(CheckState::Ok), 4);
  EXPECT_EQ(outcome(report, "credentials").detail, "from the environment, no expiry");
  EXPECT_THAT(outcome(report, "endpoint").detail, HasSubstr(server_->url() + ", region us-east-1"));
}

TEST_F(S3Checks, MissingBucketIsToldFromADeniedOneAndFromAWrongKey) {
  const auto advice = [&](int status, const std::string& code) {
    return outcome(run_on(refusing(answer(status, fault(code)))), "bucket").advice;
  };
  EXPECT_THAT(advice(404, "NoSuchBucket"), StartsWith("`tintype init` makes the bucket"));
  EXPECT_THAT(advice(403, "AccessDenied"), StartsWith("allow s3:ListBucket on pictures to these credentials; or they"));
  EXPECT_THAT(advice(403, "SignatureDoesNotMatch"), HasSubstr("AWS_SECRET_ACCESS_KEY"));
}

TEST_F(S3Checks, KeyThatMayListItsBucketsIsNotSuspected) {
  const DiagnosisReport report = run_on([](const ReceivedRequest& request) {
    return request.target == "/" ? answer(200, "<ListAllMyBucketsResult/>") : answer(403, fault("AccessDenied"));
  });
  EXPECT_EQ(outcome(report, "bucket").advice, "allow s3:ListBucket on pictures to these credentials");
}

TEST_F(S3Checks, BucketOfAnotherRegionIsNamed) {
  const DiagnosisReport report = run_on([](const ReceivedRequest& request) {
    if (request.method == "HEAD") return answer(301, "", {{"x-amz-bucket-region", "eu-west-1"}});
    return answer(301, fault("PermanentRedirect"));
  });
  EXPECT_THAT(outcome(report, "bucket").detail, HasSubstr("is in eu-west-1"));
  EXPECT_EQ(outcome(report, "bucket").advice, "set AWS_REGION=eu-west-1");
}

TEST_F(S3Checks, NoCredentialsLeaveTheBucketUnchecked) {
  AwsParts none{settings_, aws::Environment(
                               std::map<std::string, std::string, std::less<>>{{"AWS_SHARED_CREDENTIALS_FILE", "/none"},
                                                                               {"AWS_CONFIG_FILE", "/none"},
                                                                               {"AWS_EC2_METADATA_DISABLED", "true"}})};
  serve([](const ReceivedRequest&) { return answer(403, ""); });
  settings_.s3_bucket = "pictures";
  settings_.s3_endpoint = server_->url();
  s3_ = make_s3(none, settings_, environment_).value();
  const DiagnosisReport report = run({aws_checks(none), s3_checks(none, s3_, settings_)});
  EXPECT_THAT(outcome(report, "credentials").detail, HasSubstr("no AWS credentials found"));
  EXPECT_EQ(outcome(report, "endpoint").state, CheckState::Ok);
  EXPECT_EQ(outcome(report, "bucket").state, CheckState::NotChecked);
  s3_ = {};  // before what it borrows
}

TEST_F(S3Checks, ClockThatIsOffIsFoundByTheDate) {
  const auto off = [&](std::chrono::seconds offset) {
    return outcome(run_on([offset](const ReceivedRequest&) {
                     return ScriptedAnswer{.headers = {{"Date", to_http_date(now() + offset)}}, .body = kEmptyList};
                   }),
                   "clock");
  };
  EXPECT_EQ(off(5s).state, CheckState::Ok);
  EXPECT_EQ(off(100s).state, CheckState::Warning);
  EXPECT_THAT(off(1000s).detail, HasSubstr("behind"));
  EXPECT_EQ(off(-1000s).state, CheckState::Failed);
  EXPECT_THAT(off(-1000s).detail, HasSubstr("ahead"));
}

TEST_F(S3Checks, ServiceThatRefusesOurTimeIsNoticedThoughTheCallWorksAtLast) {
  int refused = 0;
  const DiagnosisReport report = run_on([&](const ReceivedRequest& request) {
    const std::vector<std::pair<std::string, std::string>> date = {{"Date", to_http_date(now() + 1h)}};
    if (!request.headers.contains("authorization")) return ScriptedAnswer{.status = 403};
    if (refused++ == 0) return ScriptedAnswer{.status = 403, .headers = date, .body = fault("RequestTimeTooSkewed")};
    return ScriptedAnswer{.headers = date, .body = kEmptyList};
  });
  EXPECT_EQ(outcome(report, "clock").detail, "it does not tell the time");
  EXPECT_THAT(outcome(report, "bucket").detail, HasSubstr("behind"));
}

TEST_F(S3Checks, EndpointThatHangsIsSaidToBeSoAndTheRestIsNotChecked) {
  const DiagnosisReport report =
      run_on([](const ReceivedRequest&) { return ScriptedAnswer{.then = ScriptedAnswer::Then::Hang}; }, 100ms);
  EXPECT_EQ(outcome(report, "endpoint").state, CheckState::Failed);
  EXPECT_THAT(outcome(report, "endpoint").detail, AllOf(HasSubstr("no answer in time"), HasSubstr(server_->url())));
  EXPECT_EQ(outcome(report, "bucket").state, CheckState::NotChecked);
  EXPECT_FALSE(report.hangs);
}

TEST_F(S3Checks, EachStepOfTheStoreNamesItsPermission) {
  run_on([](const ReceivedRequest&) { return answer(200, kEmptyList); });
  const BlobDiagnosis on = s3_diagnosis(aws_, s3_, settings_);
  using Step = BlobDiagnosis::Step;
  const Error denied{ErrorCode::StoreUnavailable, "no", "put k: 403 AccessDenied no"};
  EXPECT_THAT(on.advise(Step::Put, denied), HasSubstr("s3:PutObject on pictures/*"));
  EXPECT_THAT(on.advise(Step::Remove, denied), HasSubstr("s3:DeleteObject on pictures/*"));
  EXPECT_THAT(on.advise(Step::Stat, denied), HasSubstr("s3:GetObject on pictures/*"));
  EXPECT_THAT(on.advise(Step::List, denied), HasSubstr("s3:ListBucket on pictures "));
}

TEST_F(S3Checks, UrlThatCannotBeFetchedIsNotRepeatedWithItsSignature) {
  run_on([](const ReceivedRequest&) { return ScriptedAnswer{.then = ScriptedAnswer::Then::Reset}; });
  const BlobDiagnosis on = s3_diagnosis(aws_, s3_, settings_);
  const auto fetched = on.fetch(server_->url() + "/pictures/k?X-Amz-Signature=abc", Deadline::after(10s));
  ASSERT_FALSE(fetched);
  EXPECT_THAT(fetched.error().detail, AllOf(HasSubstr("/pictures/k"), Not(HasSubstr("abc"))));
}

TEST(JudgeCredentials, ClockOfTheServiceIsJudgedBothWays) {
  EXPECT_EQ(judge_clock(29s).state, CheckState::Ok);
  EXPECT_EQ(judge_clock(-31s).state, CheckState::Warning);
  EXPECT_EQ(judge_clock(301s).state, CheckState::Failed);
}

}  // namespace
}  // namespace tintype
