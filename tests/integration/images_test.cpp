// Reading, listing, changing and deleting, over the wire, from the real program.
#include <gmock/gmock.h>

#include <set>

#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;

class ImagesApi : public SharedServer<ImagesApi> {
 public:
  static std::vector<std::string> flags() { return {}; }

 protected:
  static std::vector<std::string> ids(const std::string& list) {
    std::vector<std::string> result;
    for (int i = 0;; ++i) {
      const std::string id = json_text(list, "images." + std::to_string(i) + ".imageId");
      if (id == "(absent)") return result;
      result.push_back(id);
    }
  }
};

TEST_F(ImagesApi, RecordIsReadBackAsItWasAnswered) {
  const auto uploaded = api_.upload(small_jpeg(), {{"title", "x"}});
  const auto read = api_.get("/images/" + json_text(uploaded.body, "imageId"));
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.body, uploaded.body);
  EXPECT_EQ(read.headers.at("etag"), uploaded.headers.at("etag"));
}

TEST_F(ImagesApi, UnchangedRecordIs304) {
  const std::string path = "/images/" + upload(api_);
  const auto read = api_.get(path);
  const auto again = api_.get(path, {"If-None-Match: " + read.headers.at("etag")});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.headers.at("etag"), read.headers.at("etag"));
}

TEST_F(ImagesApi, SomeoneElsesImageIs403ForEveryMethod) {
  const std::string path = "/images/" + upload(api_);
  const ApiClient bob = client("bob");
  EXPECT_EQ(error_code(bob.get(path)), "NOT_AUTHORIZED");
  EXPECT_EQ(bob.get(path).status, 403);
  EXPECT_EQ(bob.patch(path, R"({"title":"mine","version":1})").status, 403);
  EXPECT_EQ(bob.remove(path).status, 403);
  EXPECT_EQ(api_.get(path).status, 200);
}

TEST_F(ImagesApi, UnknownImageIs404) {
  EXPECT_EQ(api_.get("/images/01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
  EXPECT_EQ(error_code(api_.get("/images/no-ulid")), "IMAGE_NOT_FOUND");
}

TEST_F(ImagesApi, ListIsTheUsersOwnNewestFirst) {
  const ApiClient api = client("lister");
  const std::string first = upload(api);
  const std::string second = upload(api);
  upload(client("other"));
  const auto list = api.get("/images");
  EXPECT_THAT(ids(list.body), ElementsAre(second, first));
  EXPECT_EQ(json_text(list.body, "pagination.hasMore"), "false");
  EXPECT_EQ(json_text(list.body, "pagination.nextCursor"), "null");
  EXPECT_THAT(ids(api.get("/images?sortOrder=asc").body), ElementsAre(first, second));
}

TEST_F(ImagesApi, PagesMeetWithoutGapOrOverlap) {
  const ApiClient api = client("pager");
  std::set<std::string> uploaded;
  for (int i = 0; i < 7; ++i) uploaded.insert(upload(api));
  std::set<std::string> seen;
  std::size_t count = 0;
  std::string cursor;
  for (int page = 0; page < 5; ++page) {
    const auto list = api.get("/images?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& id : ids(list.body)) {
      seen.insert(id);
      ++count;
    }
    if (json_text(list.body, "pagination.hasMore") == "false") break;
    cursor = json_text(list.body, "pagination.nextCursor");
  }
  EXPECT_EQ(seen, uploaded);
  EXPECT_EQ(count, uploaded.size());
}

TEST_F(ImagesApi, ListFiltersByAlbumAndTag) {
  const ApiClient api = client("filterer");
  const std::string both = upload(api, {{"albumId", "a"}, {"tags", "t"}});
  const std::string album = upload(api, {{"albumId", "a"}});
  const std::string tag = upload(api, {{"tags", "t"}});
  EXPECT_THAT(ids(api.get("/images?albumId=a").body), ElementsAre(album, both));
  EXPECT_THAT(ids(api.get("/images?tag=t").body), ElementsAre(tag, both));
  EXPECT_THAT(ids(api.get("/images?tag=t&albumId=a").body), ElementsAre(both));
}

TEST_F(ImagesApi, BadListParametersAreRefused) {
  for (const char* query : {"limit=0", "limit=101", "limit=x", "sortOrder=up", "cursor=%%%", "title=%zz"}) {
    EXPECT_EQ(api_.get(std::string("/images?") + query).status, 400) << query;
  }
  EXPECT_EQ(error_code(api_.get("/images?cursor=AAAA")), "INVALID_CURSOR");
}

TEST_F(ImagesApi, CursorOfOtherFiltersIsInvalid) {
  const ApiClient api = client("crosser");
  upload(api);
  upload(api);
  const std::string cursor = json_text(api.get("/images?limit=1").body, "pagination.nextCursor");
  EXPECT_EQ(error_code(api.get("/images?limit=1&sortOrder=asc&cursor=" + cursor)), "INVALID_CURSOR");
}

TEST_F(ImagesApi, PatchChangesAndCountsTheVersion) {
  const std::string path = "/images/" + upload(api_, {{"title", "old"}, {"altText", "kept"}});
  const auto patched = api_.patch(path, R"({"title":"new","tags":["x"],"albumId":"b","version":1})");
  ASSERT_EQ(patched.status, 200) << patched.body;
  EXPECT_EQ(json_text(patched.body, "title"), "new");
  EXPECT_EQ(json_text(patched.body, "altText"), "kept");
  EXPECT_EQ(json_text(patched.body, "version"), "2");
  EXPECT_EQ(api_.get(path).body, patched.body);
}

TEST_F(ImagesApi, StaleVersionIs409WithTheCurrentOne) {
  const std::string path = "/images/" + upload(api_);
  ASSERT_EQ(api_.patch(path, R"({"title":"a","version":1})").status, 200);
  const auto stale = api_.patch(path, R"({"title":"b","version":1})");
  EXPECT_EQ(stale.status, 409);
  EXPECT_EQ(error_code(stale), "VERSION_MISMATCH");
  EXPECT_EQ(json_text(stale.body, "currentVersion"), "2");
}

TEST_F(ImagesApi, IfMatchStandsInForTheVersion) {
  const std::string path = "/images/" + upload(api_);
  const std::string etag = api_.get(path).headers.at("etag");
  EXPECT_EQ(api_.patch(path, R"({"title":"a"})", {"If-Match: " + etag}).status, 200);
  EXPECT_EQ(api_.patch(path, R"({"title":"b"})", {"If-Match: " + etag}).status, 409);
  EXPECT_EQ(api_.patch(path, R"({"title":"c"})", {"If-Match: *"}).status, 200);
  EXPECT_EQ(api_.patch(path, R"({"title":"d"})").status, 400);
}

TEST_F(ImagesApi, MalformedPatchIs400) {
  const std::string path = "/images/" + upload(api_);
  for (const char* body : {"", "[]", "{", R"({"titel":"x","version":1})", R"({"title":5,"version":1})",
                           R"({"version":"1"})", R"({"tags":[""],"version":1})"}) {
    EXPECT_EQ(api_.patch(path, body).status, 400) << body;
  }
}

TEST_F(ImagesApi, DeletedImageIsGoneWithItsPicturesAndDeletingAgainIs204) {
  const auto uploaded = api_.upload(small_jpeg());
  const std::string path = "/images/" + json_text(uploaded.body, "imageId");
  EXPECT_EQ(api_.remove(path).status, 204);
  EXPECT_EQ(api_.get(path).status, 404);
  EXPECT_EQ(api_.get(json_text(uploaded.body, "imageUrl")).status, 404);
  EXPECT_EQ(api_.get(json_text(uploaded.body, "thumbnailUrl")).status, 404);
  EXPECT_EQ(api_.remove(path).status, 204);
}

TEST_F(ImagesApi, UnknownPathAndMethodSaySo) {
  EXPECT_EQ(error_code(api_.get("/nothing")), "NOT_FOUND");
  const auto put = send({.method = "PUT",
                         .url = server_->url() + "/images",
                         .headers = {"Authorization: Bearer " + ServerProcess::token("ann")}});
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.headers.at("allow"), "POST, GET, HEAD");
}

TEST_F(ImagesApi, TokensAreChecked) {
  const std::string url = server_->url() + "/images";
  const auto without = send({.url = url});
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(error_code(without), "UNAUTHENTICATED");
  EXPECT_THAT(without.headers.at("www-authenticate"), HasSubstr("Bearer"));
  const std::string token = ServerProcess::token("ann");
  EXPECT_EQ(send({.url = url, .headers = {"Authorization: Bearer " + token.substr(0, token.size() - 2) + "xx"}}).status,
            401);
  EXPECT_EQ(send({.url = url, .headers = {"Authorization: Basic YTpi"}}).status, 401);
  EXPECT_EQ(send({.url = url, .headers = {"authorization: bearer " + token}}).status, 200);
}

TEST_F(ImagesApi, RequestIdIsTheClientsOrOurs) {
  EXPECT_EQ(api_.get("/images", {"X-Request-Id: trace.me-1"}).headers.at("x-request-id"), "trace.me-1");
  EXPECT_NE(api_.get("/images", {"X-Request-Id: spaces are bad"}).headers.at("x-request-id"), "spaces are bad");
  const auto error = api_.get("/images/none", {"X-Request-Id: trace-2"});
  EXPECT_EQ(json_text(error.body, "requestId"), "trace-2");
}

}  // namespace
}  // namespace tintype
