// Delivery of pictures, over the wire, from the real program.
#include <gmock/gmock.h>

#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::HasSubstr;

class BlobsApi : public SharedServer<BlobsApi> {
 public:
  static std::vector<std::string> flags() { return {}; }

 protected:
  const std::string url_ = json_text(
      api_.upload(as_file(make_jpeg({.width = 800, .height = 600, .pattern = Pattern::Noise}))).body, "imageUrl");
  HttpAnswer get(std::vector<std::string> headers = {}, const std::string& method = "GET") {
    return send({.method = method, .url = url_, .headers = std::move(headers)});
  }
};

TEST_F(BlobsApi, UrlIsEnoughAndCachesMayKeepItForEver) {
  const auto blob = get();
  EXPECT_EQ(blob.status, 200);
  EXPECT_EQ(blob.headers.at("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(blob.headers.at("content-type"), "image/webp");
  EXPECT_EQ(blob.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(blob.headers.at("x-content-type-options"), "nosniff");
  EXPECT_GT(blob.body.size(), 20'000U);
}

TEST_F(BlobsApi, HeadIsGetWithoutTheBody) {
  const auto blob = get();
  const auto head = get({}, "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(blob.body.size()));
  EXPECT_EQ(head.headers.at("etag"), blob.headers.at("etag"));
  EXPECT_EQ(head.body, "");
}

TEST_F(BlobsApi, RevalidationIs304) {
  const std::string etag = get().headers.at("etag");
  EXPECT_EQ(etag.find("W/"), std::string::npos);
  for (const auto& condition : {etag, "\"other\", " + etag, "W/" + etag, std::string("*")}) {
    const auto again = get({"If-None-Match: " + condition});
    EXPECT_EQ(again.status, 304) << condition;
    EXPECT_EQ(again.headers.at("etag"), etag);
    EXPECT_EQ(again.body, "");
  }
  EXPECT_EQ(get({"If-None-Match: \"other\""}).status, 200);
}

TEST_F(BlobsApi, SingleRangesAre206) {
  const std::string all = get().body;
  const std::string size = std::to_string(all.size());
  const auto first = get({"Range: bytes=0-99"});
  EXPECT_EQ(first.status, 206);
  EXPECT_EQ(first.headers.at("content-range"), "bytes 0-99/" + size);
  EXPECT_EQ(first.body, all.substr(0, 100));
  EXPECT_EQ(get({"Range: bytes=1000-"}).body, all.substr(1000));
  EXPECT_EQ(get({"Range: bytes=-10"}).body, all.substr(all.size() - 10));
}

TEST_F(BlobsApi, RangeBehindTheEndIs416) {
  const auto answer = get({"Range: bytes=99999999-"});
  EXPECT_EQ(answer.status, 416);
  EXPECT_THAT(answer.headers.at("content-range"), HasSubstr("bytes */"));
}

TEST_F(BlobsApi, RangeOfAnotherCopyGivesTheWhole) {
  const std::string etag = get().headers.at("etag");
  EXPECT_EQ(get({"Range: bytes=0-9", "If-Range: " + etag}).status, 206);
  EXPECT_EQ(get({"Range: bytes=0-9", "If-Range: \"old\""}).status, 200);
  EXPECT_EQ(get({"Range: bytes=0-9,20-29"}).status, 200);
}

TEST_F(BlobsApi, WhatIsNoKeyIs404) {
  for (const char* path : {"/blobs/x", "/blobs/images/ann/../../tintype.db", "/blobs/images/ann/%2e%2e/x.webp",
                           "/blobs/..%2f..%2fjwt_secret", "/blobs/images/ann/01ARZ3NDEKTSV4RRFFQ69G5FAV.webp",
                           "/blobs/images//01ARZ3NDEKTSV4RRFFQ69G5FAV.webp"}) {
    EXPECT_EQ(api_.get(path).status, 404) << path;
  }
}

class OwnedBlobsApi : public SharedServer<OwnedBlobsApi> {
 public:
  static std::vector<std::string> flags() { return {"--blob-access", "owner"}; }
};

TEST_F(OwnedBlobsApi, OnlyTheOwnerReads) {
  const auto uploaded = api_.upload(small_jpeg());
  const std::string url = json_text(uploaded.body, "imageUrl");
  EXPECT_EQ(send({.url = url}).status, 401);
  EXPECT_EQ(client("bob").get(url).status, 403);
  const auto mine = api_.get(url);
  EXPECT_EQ(mine.status, 200);
  EXPECT_EQ(mine.headers.at("cache-control"), "private, max-age=31536000, immutable");
  EXPECT_EQ(api_.get(url, {"If-None-Match: " + mine.headers.at("etag")}).status, 304);
  EXPECT_EQ(client("bob").get(url, {"If-None-Match: " + mine.headers.at("etag")}).status, 403);
}

}  // namespace
}  // namespace tintype
