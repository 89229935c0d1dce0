// One token, one image, over the wire.
#include <gmock/gmock.h>

#include <future>
#include <set>

#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::Each;
using testing::HasSubstr;

class Idempotency : public SharedServer<Idempotency> {
 public:
  static std::vector<std::string> flags() { return {}; }

 protected:
  static HttpAnswer upload_as(const ApiClient& api, const std::string& header, std::vector<FormField> fields = {},
                              const std::string& filename = "photo.jpg") {
    return api.upload(small_jpeg(), std::move(fields), filename, {header});
  }
  HttpAnswer upload_as(const std::string& header) { return upload_as(api_, header); }
  double images_of(const ApiClient& api) {
    const auto list = api.get("/images?limit=100");
    double count = 0;
    while (json_text(list.body, "images." + std::to_string(static_cast<int>(count)) + ".imageId") != "(absent)" &&
           count < 100) {
      ++count;
    }
    return count;
  }
};

TEST_F(Idempotency, SecondUploadIsAnsweredWithTheFirstBody) {
  const auto first = upload_as("Idempotency-Token: replay");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.headers.at("idempotency-token"), "replay");
  EXPECT_FALSE(first.headers.contains("idempotency-replayed"));
  const auto second = upload_as("Idempotency-Token: replay");
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.headers.at("idempotency-replayed"), "true");
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.headers.at("location"), first.headers.at("location"));
  EXPECT_EQ(second.headers.at("etag"), first.headers.at("etag"));
}

TEST_F(Idempotency, NameOfTheFileIsNotPartOfThePayload) {
  const auto first = upload_as(api_, "Idempotency-Token: renamed");
  const auto second = upload_as(api_, "Idempotency-Token: renamed", {}, "other.jpg");
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.body, first.body);
}

TEST_F(Idempotency, OtherPayloadIsAMismatch) {
  ASSERT_EQ(upload_as("Idempotency-Token: mismatch").status, 201);
  const auto with_title = upload_as(api_, "Idempotency-Token: mismatch", {{"title", "new"}});
  EXPECT_EQ(with_title.status, 422);
  EXPECT_EQ(error_code(with_title), "IDEMPOTENCY_MISMATCH");
  const auto other_file =
      api_.upload(as_file(make_jpeg({.width = 64, .height = 64})), {}, "photo.jpg", {"Idempotency-Token: mismatch"});
  EXPECT_EQ(error_code(other_file), "IDEMPOTENCY_MISMATCH");
}

TEST_F(Idempotency, KeyIsTheSameThingAlsoInQuotes) {
  const auto first = upload_as("Idempotency-Token: one-name");
  for (const char* header : {"Idempotency-Key: one-name", "Idempotency-Key: \"one-name\""}) {
    const auto again = upload_as(header);
    EXPECT_EQ(again.status, 200) << header << again.body;
    EXPECT_EQ(again.body, first.body);
  }
}

TEST_F(Idempotency, TokenOfAnotherUserIsAnotherToken) {
  const auto of_ann = upload_as(api_, "Idempotency-Token: shared");
  const auto of_bob = upload_as(client("bob"), "Idempotency-Token: shared");
  EXPECT_EQ(of_ann.status, 201);
  EXPECT_EQ(of_bob.status, 201);
  EXPECT_NE(json_text(of_ann.body, "imageId"), json_text(of_bob.body, "imageId"));
}

TEST_F(Idempotency, InvalidTokensAreRefusedByName) {
  for (const std::string& header :
       {std::string("Idempotency-Token: two words"), "Idempotency-Token: " + std::string(256, 'x'),
        std::string("Idempotency-Key: \"open"), std::string("Idempotency-Token: \xc3\xa4")}) {
    const auto answer = upload_as(header);
    EXPECT_EQ(answer.status, 400) << header;
    EXPECT_EQ(error_code(answer), "VALIDATION_FAILED");
    EXPECT_THAT(json_text(answer.body, "field"), HasSubstr("Idempotency-"));
  }
}

TEST_F(Idempotency, UploadWithoutATokenIsGivenOneThatReplaysIt) {
  const auto first = api_.upload(small_jpeg());
  ASSERT_EQ(first.status, 201);
  const std::string token = first.headers.at("idempotency-token");
  EXPECT_GE(token.size(), 16u);
  const auto again = upload_as("Idempotency-Token: " + token);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_NE(api_.upload(small_jpeg()).headers.at("idempotency-token"), token);
}

TEST_F(Idempotency, FailedUploadMayBeSentAgainWithItsToken) {
  const std::string broken = as_file(truncated(make_jpeg({.width = 120, .height = 90}), 60));
  for (int i = 0; i < 2; ++i) {
    const auto answer = api_.upload(broken, {}, "photo.jpg", {"Idempotency-Token: broken"});
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(error_code(answer), "IMAGE_UNDECODABLE");
  }
}

TEST_F(Idempotency, DeletedImageIsStillReplayedAndStaysDeleted) {
  const auto first = upload_as("Idempotency-Token: deleted");
  const std::string path = "/images/" + json_text(first.body, "imageId");
  ASSERT_EQ(api_.remove(path).status, 204);
  EXPECT_EQ(upload_as("Idempotency-Token: deleted").body, first.body);
  EXPECT_EQ(api_.get(path).status, 404);
}

TEST_F(Idempotency, FiftyThreadsWithOneTokenMakeOneImage) {
  const ApiClient carol = client("carol");
  std::vector<std::future<HttpAnswer>> uploads;
  for (int i = 0; i < 50; ++i) {
    uploads.push_back(
        std::async(std::launch::async, [&carol] { return upload_as(carol, "Idempotency-Token: fifty"); }));
  }
  std::map<int, int> statuses;
  std::set<std::string> ids;
  for (auto& upload : uploads) {
    const auto answer = upload.get();
    ++statuses[answer.status];
    if (answer.status == 409) {
      EXPECT_EQ(error_code(answer), "UPLOAD_IN_PROGRESS");
      EXPECT_EQ(answer.headers.at("retry-after"), "1");
    } else {
      ids.insert(json_text(answer.body, "imageId"));
    }
  }
  EXPECT_EQ(statuses[201], 1);
  EXPECT_EQ(statuses[200] + statuses[201] + statuses[409], 50) << testing::PrintToString(statuses);
  EXPECT_EQ(ids.size(), 1u);
  EXPECT_EQ(images_of(carol), 1);
}

TEST_F(Idempotency, TokenOfARunningUploadIsAConflictUntilItIsDone) {
  const std::string large = as_file(make_jpeg({.width = 4000, .height = 3000, .pattern = Pattern::Noise}));
  const auto send = [&] { return api_.upload(large, {}, "photo.jpg", {"Idempotency-Token: running"}); };
  auto slow = std::async(std::launch::async, send);
  std::vector<int> statuses;
  while (slow.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) statuses.push_back(send().status);
  EXPECT_EQ(send().status, 200);
  EXPECT_THAT(statuses, Each(testing::AnyOf(200, 201, 409)));
  EXPECT_THAT(slow.get().status, testing::AnyOf(200, 201, 409)) << "another of them may have come first";
}

}  // namespace
}  // namespace tintype
