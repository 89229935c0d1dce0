// Puts in parts, against a scripted service.
#include "tests/support/s3_blob_store_fixture.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

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
  Result<void> put_ten_bytes(bool checksums = false) {
    store([this](const ReceivedRequest& request) { return answer(request); },
          {.bucket = {}, .checksums = checksums, .multipart_above = 0, .part_size = 4});
    return put("0123456789");
  }
  static constexpr const char* kAbort = "DELETE /pictures/a/k?uploadId=u1";

  std::optional<std::string> broken_;
  ScriptedAnswer broken_with_ = {.status = 400, .body = "<Error><Code>Broken</Code></Error>"};
};

TEST_F(S3Parts, AllAreSentAndCompletedInOrder) {
  ASSERT_TRUE(put_ten_bytes());
  const auto last = service_->requests().back();
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

TEST_F(S3Parts, ChecksumsGoWithEachPartAndIntoTheCompletion) {
  ASSERT_TRUE(put_ten_bytes(true));
  const auto requests = service_->requests();
  const auto begin = std::ranges::find(requests, "/pictures/a/k?uploads=", &ReceivedRequest::target);
  ASSERT_NE(begin, requests.end());
  EXPECT_EQ(begin->headers.at("x-amz-checksum-algorithm"), "SHA256");
  for (const ReceivedRequest& request : requests) {
    if (request.method != "PUT") continue;
    EXPECT_EQ(request.headers.at("x-amz-checksum-sha256"), s3::checksum_of(as_bytes(request.body)));
  }
  EXPECT_THAT(requests.back().body,
              HasSubstr("<ChecksumSHA256>G+LkUrRteg2WVrux92joJI66G3W67WX12Z6vqUiJmmo=</ChecksumSHA256></Part>"
                        "<Part><PartNumber>2"));
  EXPECT_THAT(requests.back().body, HasSubstr("zXC+oCP3UqBWSrtu0I1CwUQPLjPimRTlXgvhWV4k9Fo="));
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

}  // namespace
}  // namespace tintype
