// What a service does that a real one seldom does, against a scripted one. The contract is tested on real ones
// (tests/contract/s3_contract.cpp).
#include "tests/support/s3_blob_store_fixture.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(S3BlobStoreTest, PutIsConditionalAndSaysWhatItIs) {
  store(always, {.bucket = {}, .encryption = {"aws:kms", "key-1"}});
  ASSERT_TRUE(store_->put("a/k", as_bytes("body"), {"image/webp", "immutable", {{"image-id", "1"}}}, soon()));
  const auto request = service_->requests().at(0);
  EXPECT_EQ(request.method + ' ' + request.target, "PUT /pictures/a/k");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.headers.at("if-none-match"), "*");
  EXPECT_EQ(request.headers.at("content-type"), "image/webp");
  EXPECT_EQ(request.headers.at("cache-control"), "immutable");
  EXPECT_EQ(request.headers.at("x-amz-meta-image-id"), "1");
  EXPECT_EQ(request.headers.at("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(request.headers.at("x-amz-server-side-encryption-aws-kms-key-id"), "key-1");
}

TEST_F(S3BlobStoreTest, ChecksumGoesWithThePutIfItIsWanted) {
  store(always, {.bucket = {}, .checksums = true});
  ASSERT_TRUE(put("body"));
  EXPECT_EQ(service_->requests().at(0).headers.at("x-amz-checksum-sha256"),
            "Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=");
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
  EXPECT_THAT((*get)->text, StartsWith(service_->url() + "/pictures/a/k?X-Amz-Algorithm="));
  EXPECT_THAT((*get)->text, HasSubstr("X-Amz-Expires=60&"));
  EXPECT_NE((*get)->text, (*head)->text);
  EXPECT_EQ((*get)->lifetime, 60s);
  EXPECT_THAT(seen(), IsEmpty());
}

class S3Removal : public S3BlobStoreTest {
 protected:
  Result<void> remove(std::size_t count, std::string answer) {
    store([answer = std::move(answer)](const ReceivedRequest&) { return ScriptedAnswer{.body = answer}; });
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back("k" + std::to_string(i));
    return store_->remove_all(keys, soon());
  }
};

TEST_F(S3Removal, OfSeveralKeysIsOneRequestWithItsChecksum) {
  EXPECT_TRUE(remove(2, "<DeleteResult/>"));
  EXPECT_THAT(seen(), ElementsAre("POST /pictures?delete="));
  const auto request = service_->requests().at(0);
  EXPECT_EQ(request.body,
            "<Delete><Quiet>true</Quiet><Object><Key>k0</Key></Object><Object><Key>k1</Key></Object></Delete>");
  EXPECT_EQ(request.headers.at("content-md5"), "bvt306OFT37Crzd4pPotbA==");
}

TEST_F(S3Removal, OfMoreThanAThousandKeysIsMoreRequests) {
  EXPECT_TRUE(remove(2001, ""));
  const auto requests = service_->requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_THAT(requests[2].body, HasSubstr("<Object><Key>k2000</Key></Object></Delete>"));
}

TEST_F(S3Removal, KeyThatFailsIsAnErrorInASuccess) {
  const auto removed = remove(2,
                              "<DeleteResult><Error><Key>k1</Key><Code>AccessDenied</Code><Message>no</Message></Error>"
                              "</DeleteResult>");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(removed.error().detail, HasSubstr("remove k1: AccessDenied no (1 of 2 failed)"));
}

TEST_F(S3Removal, MissingKeyIsNoFailure) {
  EXPECT_TRUE(remove(2, "<DeleteResult><Error><Key>k1</Key><Code>NoSuchKey</Code></Error></DeleteResult>"));
}

TEST_F(S3Removal, AnswerThatCannotBeReadIsNoSuccess) {
  for (const char* answer : {"<html/>", "<DeleteResult>", "<Error><Code>InternalError</Code></Error>"}) {
    EXPECT_EQ(remove(2, answer).error().code, ErrorCode::StoreUnavailable) << answer;
  }
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
  const auto requests = service_->requests();
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
