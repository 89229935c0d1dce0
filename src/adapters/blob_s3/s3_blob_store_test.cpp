// What a service does that a real one seldom does, against a scripted one. The contract is tested on real ones
// (tests/contract/s3_contract.cpp).
#include "adapters/blob_s3/s3_blob_store.h"

#include <gmock/gmock.h>

#include "adapters/aws/local_credentials.h"
#include "base/text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing_support::FakeClock;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedHttpServer;

Deadline soon() {
  return Deadline::after(20s);
}

class S3BlobStoreTest : public testing::Test {
 protected:
  S3BlobStore& store(std::function<ScriptedAnswer(const ReceivedRequest&)> script,
                     S3BlobStore::Options options = {.bucket = {}}) {
    server_ = std::make_unique<ScriptedHttpServer>(std::move(script));
    std::vector<std::unique_ptr<aws::CredentialSource>> sources;
    sources.push_back(std::make_unique<aws::StaticCredentials>(aws::Credentials{"id", "secret"}));
    credentials_ = std::make_unique<aws::CredentialProvider>(std::move(sources), clock_);
    client_ = std::make_unique<aws::AwsClient>(
        http_, *credentials_, clock_,
        aws::AwsClient::Options{.service = "s3",
                                .region = "us-east-1",
                                .endpoint = aws::parse_endpoint(server_->url()).value(),
                                .retry = {.random = [] { return 0.01; }}});
    options.bucket = "pictures";
    options.addressing = s3::Addressing::Path;
    store_ = std::make_unique<S3BlobStore>(*client_, std::move(options));
    return *store_;
  }
  Result<void> put(std::string_view body) {
    return store_->put("a/k", as_bytes(body), {.content_type = "image/webp"}, soon());
  }
  std::vector<std::string> seen() const {
    std::vector<std::string> lines;
    for (const auto& request : server_->requests()) lines.push_back(request.method + ' ' + request.target);
    return lines;
  }

  FakeClock clock_;
  std::unique_ptr<ScriptedHttpServer> server_;
  aws::HttpClient http_{{.proxy_from_environment = false}};
  std::unique_ptr<aws::CredentialProvider> credentials_;
  std::unique_ptr<aws::AwsClient> client_;
  std::unique_ptr<S3BlobStore> store_;
};

ScriptedAnswer always(const ReceivedRequest& /*request*/) {
  return {};
}

TEST_F(S3BlobStoreTest, PutIsConditionalAndSaysWhatItIs) {
  store(always, {.bucket = {}, .encryption = {"aws:kms", "key-1"}});
  ASSERT_TRUE(store_->put("a/k", as_bytes("body"), {"image/webp", "immutable", {{"image-id", "1"}}}, soon()));
  const auto request = server_->requests().at(0);
  EXPECT_EQ(request.method + ' ' + request.target, "PUT /pictures/a/k");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.headers.at("if-none-match"), "*");
  EXPECT_EQ(request.headers.at("content-type"), "image/webp");
  EXPECT_EQ(request.headers.at("cache-control"), "immutable");
  EXPECT_EQ(request.headers.at("x-amz-meta-image-id"), "1");
  EXPECT_EQ(request.headers.at("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(request.headers.at("x-amz-server-side-encryption-aws-kms-key-id"), "key-1");
}

// The caller compares the bytes: service/blob_writer.cpp.
TEST_F(S3BlobStoreTest, PutWhoseFirstAnswerWasLostFindsItself) {
  int calls = 0;
  store([&](const ReceivedRequest&) -> ScriptedAnswer {
    if (++calls == 1) return {.then = ScriptedAnswer::Then::Reset};
    return {.status = 412, .body = "<Error><Code>PreconditionFailed</Code></Error>"};
  });
  EXPECT_EQ(put("body").error().code, ErrorCode::AlreadyExists);
}

TEST_F(S3BlobStoreTest, PutThatMeetsAnotherComesAgain) {
  int calls = 0;
  store([&](const ReceivedRequest&) -> ScriptedAnswer {
    if (++calls < 3) return {.status = 409, .body = "<Error><Code>ConditionalRequestConflict</Code></Error>"};
    return {};
  });
  EXPECT_TRUE(put("body"));
  calls = -10;
  EXPECT_EQ(put("body").error().code, ErrorCode::Internal) << "but not for ever";
}

TEST_F(S3BlobStoreTest, StoreThatRefusesUsIsUnavailable) {
  store([](const ReceivedRequest&) {
    return ScriptedAnswer{.status = 403, .body = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"};
  });
  EXPECT_EQ(put("body").error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(put("body").error().detail, HasSubstr("put a/k: 403 AccessDenied no"));
  EXPECT_EQ(store_->open("a/k", soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(store_->remove("a/k", soon()).error().code, ErrorCode::StoreUnavailable);
}

TEST_F(S3BlobStoreTest, MissingBucketIsNoMissingPicture) {
  store([](const ReceivedRequest&) {
    return ScriptedAnswer{.status = 404, .body = "<Error><Code>NoSuchBucket</Code></Error>"};
  });
  EXPECT_EQ(store_->open("a/k", soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(store_->remove("a/k", soon()).error().code, ErrorCode::StoreUnavailable);
}

TEST_F(S3BlobStoreTest, UrlIsForOneMethodAndAsksNobody) {
  store(always);
  const auto get = store_->url("a/k", UrlUse::Get, 60s, soon());
  const auto head = store_->url("a/k", UrlUse::Head, 60s, soon());
  ASSERT_TRUE(get && *get && head && *head);
  EXPECT_THAT((*get)->text, StartsWith(server_->url() + "/pictures/a/k?X-Amz-Algorithm="));
  EXPECT_THAT((*get)->text, HasSubstr("X-Amz-Expires=60&"));
  EXPECT_NE((*get)->text, (*head)->text);
  EXPECT_EQ((*get)->lifetime, 60s);
  EXPECT_THAT(seen(), IsEmpty());
}

class S3Objects : public S3BlobStoreTest {
 protected:
  static constexpr std::size_t kSize = (std::size_t{2} << 20) + 5;
  // An object of kSize bytes, in ranges.
  static ScriptedAnswer ranges(const ReceivedRequest& request) {
    const std::string range = request.headers.at("range").substr(6);
    const auto first = parse_unsigned(range.substr(0, range.find('-'))).value();
    const auto last = std::min<std::uint64_t>(parse_unsigned(range.substr(range.find('-') + 1)).value(), kSize - 1);
    std::string body(last - first + 1, 'x');
    body.back() = 'y';
    return {.status = 206,
            .headers = {{"Content-Range", "bytes " + range + "/" + std::to_string(kSize)}, {"ETag", "\"e\""}},
            .body = std::move(body)};
  }
};

TEST_F(S3Objects, LargeOneIsFetchedInPiecesOfTheSameObject) {
  store(ranges);
  auto blob = store_->open("a/k", soon());
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->bytes->size(), kSize);
  const auto bytes = read_all(*blob->bytes, soon());
  ASSERT_TRUE(bytes);
  EXPECT_EQ(std::ranges::count(*bytes, std::byte{'y'}), 3);
  const auto requests = server_->requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].headers.at("range"), "bytes=1048576-2097151");
  EXPECT_EQ(requests[1].headers.at("if-match"), "\"e\"");
  EXPECT_EQ(requests[2].headers.at("range"), "bytes=2097152-2097156");
}

TEST_F(S3Objects, OneThatIsRemovedWhileItIsReadIsUnavailable) {
  for (const int status : {404, 412}) {
    int calls = 0;
    store([&](const ReceivedRequest& request) -> ScriptedAnswer {
      return ++calls == 1 ? ranges(request) : ScriptedAnswer{.status = status};
    });
    auto blob = store_->open("a/k", soon());
    ASSERT_TRUE(blob);
    EXPECT_EQ(read_all(*blob->bytes, soon()).error().code, ErrorCode::StoreUnavailable);
  }
}

TEST_F(S3Objects, AnswerOfTheWrongLengthIsUnavailable) {
  store([](const ReceivedRequest&) {
    return ScriptedAnswer{.status = 206, .headers = {{"Content-Range", "bytes 0-99/100"}}, .body = "short"};
  });
  EXPECT_EQ(store_->open("a/k", soon()).error().code, ErrorCode::StoreUnavailable);
}

class S3Parts : public S3BlobStoreTest {
 protected:
  // Answers as a service does, but for what `broken` says.
  ScriptedAnswer answer(const ReceivedRequest& request) {
    if (broken_ && request.method + ' ' + request.target == *broken_) return broken_with_;
    if (request.method == "HEAD") return {.status = 404};
    if (request.target.ends_with("?uploads=")) {
      return {.body = "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"};
    }
    if (request.method == "PUT") return {.headers = {{"ETag", "\"" + std::to_string(request.body.size()) + "\""}}};
    return {.body = "<CompleteMultipartUploadResult/>"};
  }
  Result<void> put_ten_bytes() {
    store([this](const ReceivedRequest& request) { return answer(request); },
          {.bucket = {}, .multipart_above = 0, .part_size = 4});
    return put("0123456789");
  }
  static constexpr const char* kAbort = "DELETE /pictures/a/k?uploadId=u1";

  std::optional<std::string> broken_;
  ScriptedAnswer broken_with_ = {.status = 400, .body = "<Error><Code>Broken</Code></Error>"};
};

TEST_F(S3Parts, AllAreSentAndCompletedInOrder) {
  ASSERT_TRUE(put_ten_bytes());
  const auto last = server_->requests().back();
  EXPECT_EQ(last.method + ' ' + last.target, "POST /pictures/a/k?uploadId=u1");
  EXPECT_EQ(last.headers.at("if-none-match"), "*");
  EXPECT_EQ(last.body,
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;4&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>&quot;4&quot;</ETag></Part>"
            "<Part><PartNumber>3</PartNumber><ETag>&quot;2&quot;</ETag></Part></CompleteMultipartUpload>");
  EXPECT_THAT(seen(), testing::Not(testing::Contains(kAbort)));
}

TEST_F(S3Parts, PartThatFailsAbortsThem) {
  broken_ = "PUT /pictures/a/k?partNumber=2&uploadId=u1";
  EXPECT_FALSE(put_ten_bytes());
  EXPECT_EQ(seen().back(), kAbort);
}

// S3 answers 200 before it knows.
TEST_F(S3Parts, ErrorInTheBodyOfASuccessIsAnError) {
  broken_ = "POST /pictures/a/k?uploadId=u1";
  broken_with_ = {.status = 200, .body = "<Error><Code>InternalError</Code></Error>"};
  EXPECT_FALSE(put_ten_bytes());
  EXPECT_EQ(seen().back(), kAbort);
  broken_with_.body = "<Error><Code>PreconditionFailed</Code></Error>";
  EXPECT_EQ(put_ten_bytes().error().code, ErrorCode::AlreadyExists);
}

TEST_F(S3BlobStoreTest, UnfinishedPartsOfLongAgoAreAborted) {
  store([](const ReceivedRequest& request) -> ScriptedAnswer {
    if (request.method == "DELETE") return {.status = 204};
    if (request.target == "/pictures?uploads=") {
      return {.body =
                  "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k1</NextKeyMarker>"
                  "<NextUploadIdMarker>u1</NextUploadIdMarker><Upload><Key>k1</Key><UploadId>u1</UploadId>"
                  "<Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>"};
    }
    return {.body =
                "<ListMultipartUploadsResult><Upload><Key>k2</Key><UploadId>u2</UploadId>"
                "<Initiated>2026-06-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>"};
  });
  const UnixTime spring(std::chrono::sys_days(std::chrono::year(2026) / 4 / 1));
  EXPECT_EQ(store_->remove_unfinished(spring, soon()).value(), 1);
  EXPECT_THAT(seen(), ElementsAre("GET /pictures?uploads=", "DELETE /pictures/k1?uploadId=u1",
                                  "GET /pictures?key-marker=k1&upload-id-marker=u1&uploads="));
}

TEST_F(S3BlobStoreTest, ListThatCannotBeReadIsUnavailable) {
  for (const char* body : {"", "<html/>", "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>"}) {
    store([&](const ReceivedRequest&) { return ScriptedAnswer{.body = body}; });
    const auto listed = store_->list("", [](const BlobEntry&) { return true; }, soon());
    ASSERT_FALSE(listed) << body;
    EXPECT_EQ(listed.error().code, ErrorCode::StoreUnavailable);
  }
}

}  // namespace
}  // namespace tintype
