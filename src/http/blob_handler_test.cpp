// Where a request for a picture is sent. What is delivered by ourselves is tested over the wire
// (tests/integration/blobs_test.cpp).
#include "http/blob_handler.h"

#include <gmock/gmock.h>

#include "tests/support/fake_headers.h"
#include "tests/support/fault_injecting_blob_store.h"
#include "tests/support/memory_blob_store.h"

namespace tintype::http {
namespace {

using namespace std::chrono_literals;
using testing_support::BlobOperation;
using testing_support::FakeHeaders;
using testing_support::FaultInjectingBlobStore;
using testing_support::FaultTime;
using testing_support::MemoryBlobStore;

constexpr const char* kKey = "images/ann/01ARZ3NDEKTSV4RRFFQ69G5FAV.webp";

class StoreWithUrls final : public MemoryBlobStore {
 public:
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                     Deadline /*deadline*/) override {
    const char* const method = use == UrlUse::Head ? "HEAD" : "GET";
    return BlobUrl{"https://store.example/" + std::string(key) + "?for=" + method, std::min(lifetime, longest)};
  }
  std::chrono::seconds longest = 168h;
};

class StoreThatOpensAtOnce final : public MemoryBlobStore {
 public:
  std::optional<OpenBlob> open_at_once(std::string_view key) override {
    auto blob = open(key, Deadline::never());
    if (!blob) return std::nullopt;
    return std::move(*blob);
  }
};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [set, value] : response.headers) {
    if (set == name) return value;
  }
  return "(absent)";
}

class BlobHandlerTest : public testing::Test {
 protected:
  Response get(BlobHandler handler, const std::string& method = "GET", const std::string& user = "ann") {
    Request request{.method = method, .target = {}, .headers = headers_, .captured = kKey};
    request.user = UserId::parse(user);
    if (auto at_once = handler.get_at_once(request)) return std::move(*at_once);
    return handler.get(request);
  }
  std::optional<Response> at_once(BlobHandler handler, const std::string& user = "ann", bool has_body = false) {
    Request request{.method = "GET", .target = {}, .headers = headers_, .captured = kKey};
    request.user = UserId::parse(user);
    request.has_body = has_body;
    return handler.get_at_once(request);
  }
  static BlobDelivery redirect() { return {.way = BlobDelivery::Way::Redirect, .url_lifetime = 600s}; }

  StoreWithUrls store_;
  FaultInjectingBlobStore blobs_{store_};
  FakeHeaders headers_;
};

TEST_F(BlobHandlerTest, RedirectLeadsToTheStoreAndIsForgottenBeforeTheUrlExpires) {
  const Response response = get({blobs_, false, redirect()});
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(header(response, "Location"), "https://store.example/" + std::string(kKey) + "?for=GET");
  EXPECT_EQ(header(response, "Cache-Control"), "private, max-age=300");
  EXPECT_EQ(response.content_length(), 0u);
}

TEST_F(BlobHandlerTest, HeadIsRedirectedToAUrlForHead) {
  const Response response = get({blobs_, false, redirect()}, "HEAD");
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(header(response, "Location"), "https://store.example/" + std::string(kKey) + "?for=HEAD");
}

TEST_F(BlobHandlerTest, UrlThatEndsSoonerIsForgottenSooner) {
  store_.longest = 90s;
  EXPECT_EQ(header(get({blobs_, false, redirect()}), "Cache-Control"), "private, max-age=45");
  store_.longest = 1s;
  EXPECT_EQ(header(get({blobs_, false, redirect()}), "Cache-Control"), "private, max-age=0");
}

TEST_F(BlobHandlerTest, OnlyTheOwnerIsRedirected) {
  EXPECT_EQ(get({blobs_, true, redirect()}).status, 302);
  const Response refused = get({blobs_, true, redirect()}, "GET", "bob");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(header(refused, "Location"), "(absent)");
  EXPECT_EQ(blobs_.calls(BlobOperation::Url), 1u);
}

TEST_F(BlobHandlerTest, RevalidationAsksNoStoreHoweverPicturesAreDelivered) {
  headers_ = {{"if-none-match", "\"01ARZ3NDEKTSV4RRFFQ69G5FAV-main\""}};
  const BlobDelivery public_url{.way = BlobDelivery::Way::PublicUrl, .public_url = "https://cdn.example"};
  for (const BlobDelivery& delivery : {BlobDelivery(), redirect(), public_url}) {
    EXPECT_EQ(get({blobs_, false, delivery}).status, 304);
  }
  EXPECT_EQ(blobs_.calls(BlobOperation::Url) + blobs_.calls(BlobOperation::Open), 0u);
}

TEST_F(BlobHandlerTest, BlobThatOpensAtOnceIsDeliveredWithoutAnotherThread) {
  StoreThatOpensAtOnce store;
  ASSERT_TRUE(store.put(kKey, as_bytes("body"), {"image/webp"}, Deadline::never()));
  headers_ = {{"range", "bytes=1-2"}};
  const auto response = at_once({store, false});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 206);
  EXPECT_EQ(response->content_length(), 2u);
  EXPECT_EQ(header(*response, "ETag"), "\"01ARZ3NDEKTSV4RRFFQ69G5FAV-main\"");
  EXPECT_EQ(header(*response, "Content-Type"), "image/webp");
}

TEST_F(BlobHandlerTest, WhatIsNotTheCallersOrMissingOrHasABodyIsNotAnsweredAtOnce) {
  StoreThatOpensAtOnce store;
  EXPECT_FALSE(at_once({store, false}));
  ASSERT_TRUE(store.put(kKey, as_bytes("body"), {}, Deadline::never()));
  EXPECT_FALSE(at_once({store, true}, "bob"));
  EXPECT_TRUE(at_once({store, true}, "ann"));
  EXPECT_FALSE(at_once({store, false}, "ann", true));
}

TEST_F(BlobHandlerTest, RedirectIsNotReplacedByWhatOpensAtOnce) {
  StoreThatOpensAtOnce store;
  ASSERT_TRUE(store.put(kKey, as_bytes("body"), {}, Deadline::never()));
  EXPECT_FALSE(at_once({store, false, redirect()}));
}

TEST_F(BlobHandlerTest, StoreWithoutUrlsIsDeliveredFrom) {
  MemoryBlobStore files;
  ASSERT_TRUE(files.put(kKey, as_bytes("body"), {}, Deadline::never()));
  const Response response = get({files, false, redirect()});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_length(), 4u);
}

TEST_F(BlobHandlerTest, UrlThatCannotBeMadeIsAnError) {
  blobs_.fail_next(BlobOperation::Url, FaultTime::Before);
  EXPECT_EQ(get({blobs_, false, redirect()}).status, 503);
}

TEST_F(BlobHandlerTest, PublicUrlIsTheBaseAndTheKey) {
  const Response response =
      get({blobs_, false, {.way = BlobDelivery::Way::PublicUrl, .public_url = "https://cdn.example/p"}});
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(header(response, "Location"), "https://cdn.example/p/" + std::string(kKey));
  EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=3600");
}

}  // namespace
}  // namespace tintype::http
