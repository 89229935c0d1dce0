// Delivery of pictures by others than the service itself: redirects and public URLs (blob-delivery).
#include <gmock/gmock.h>

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/support/scripted_http_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kPath = "/blobs/images/ann/01ARZ3NDEKTSV4RRFFQ69G5FAV.webp";

class PublicUrlApi : public SharedServer<PublicUrlApi> {
 public:
  static std::vector<std::string> flags() {
    return {"--blob-delivery", "public-url", "--blob-public-url", "https://cdn.example/pictures/"};
  }
};

TEST_F(PublicUrlApi, UrlsInAnswersAreThePublicOnes) {
  const std::string id = upload(api_);
  const auto record = api_.get("/images/" + id);
  const auto list = api_.get("/images");
  EXPECT_EQ(json_text(record.body, "imageUrl"), "https://cdn.example/pictures/images/ann/" + id + ".webp");
  EXPECT_EQ(json_text(record.body, "thumbnailUrl"),
            "https://cdn.example/pictures/images/ann/thumbnails/" + id + ".webp");
  EXPECT_EQ(json_text(list.body, "images.0.imageUrl"), json_text(record.body, "imageUrl"));
}

TEST_F(PublicUrlApi, UrlOfTheServiceLeadsThere) {
  const std::string id = upload(api_);
  const auto answer = api_.get("/blobs/images/ann/" + id + ".webp");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.headers.at("location"), "https://cdn.example/pictures/images/ann/" + id + ".webp");
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(api_.get("/blobs/none").status, 404);
}

class RedirectApi : public testing::Test {
 protected:
  // A store whose bucket is there, and that is asked for nothing else.
  ScriptedHttpServer store_{[](const ReceivedRequest&) { return ScriptedAnswer(); }};
  TempDirectory directory_;
  ServerProcess server_{{.data_dir = directory_.path() / "data",
                         .flags = {"--metadata", "sqlite", "--queue", "sqlite", "--blobs", "s3", "--s3-bucket",
                                   "pictures", "--s3-endpoint", store_.url(), "--blob-delivery", "redirect",
                                   "--blob-access", "owner", "--blob-url-lifetime", "90s"},
                         .environment = {{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}}};
};

TEST_F(RedirectApi, OwnerIsSentToTheStoreAndNobodyElse) {
  const auto answer = ApiClient(server_.url(), ServerProcess::token("ann")).get(kPath);
  EXPECT_EQ(answer.status, 302);
  EXPECT_THAT(answer.headers.at("location"),
              AllOf(StartsWith(store_.url() + "/pictures/images/ann/01ARZ3NDEKTSV4RRFFQ69G5FAV.webp?"),
                    HasSubstr("X-Amz-Expires=90&"), HasSubstr("X-Amz-Signature=")));
  EXPECT_EQ(answer.headers.at("cache-control"), "private, max-age=45");
  EXPECT_EQ(ApiClient(server_.url(), ServerProcess::token("bob")).get(kPath).status, 403);
  EXPECT_EQ(send({.url = server_.url() + kPath}).status, 401);
}

TEST(DeliverySettings, ContradictionsEndTheStartAndNameTheSettings) {
  const TempDirectory directory;
  const auto data = directory.path() / "data";
  const auto error_of = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {program(), "serve", "--listen", "127.0.0.1:0", "--data-dir", data.string()});
    const ProgramRun ran = run_program(flags);
    EXPECT_EQ(ran.code, 1);
    return ran.error;
  };
  EXPECT_THAT(error_of({"--blob-delivery", "redirect"}), HasSubstr("blob-delivery=redirect needs blobs=s3"));
  EXPECT_THAT(error_of({"--blob-delivery", "public-url"}), HasSubstr("TINTYPE_BLOB_PUBLIC_URL"));
  EXPECT_THAT(
      error_of({"--blob-delivery", "public-url", "--blob-public-url", "https://cdn.example", "--blob-access", "owner"}),
      HasSubstr("blob-access=owner contradicts blob-delivery=public-url"));
  EXPECT_THAT(error_of({"--blob-url-lifetime", "169h"}), HasSubstr("1s to 168h"));
  EXPECT_FALSE(std::filesystem::exists(data)) << "nothing is made before the settings are right";
}

}  // namespace
}  // namespace tintype
