#include "http/image_wait.h"

#include <gmock/gmock.h>

#include <semaphore>

#include "tests/support/event_fixture.h"
#include "tests/support/fake_headers.h"

namespace tintype::http {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;
using Header = std::pair<std::string_view, std::string>;

// A request, and what it refers to.
struct Asked {
  Asked(const ImageRecord& record, const std::string& wait, const std::string& prefer = {})
      : headers{{"prefer", prefer}} {
    request.user = record.user_id;
    request.captured = record.image_id.text();
    request.deadline = Deadline::after(30s);
    if (!wait.empty()) request.query.push_back({"wait", wait});
  }
  FakeHeaders headers;
  Request request{.method = "GET", .target = "/", .headers = headers};
};

class ImageWaitTest : public EventFixture {
 protected:
  static PictureLimits limits() { return {}; }

  Admission admission_{{.slots = 2, .memory_budget = 1U << 30U, .waiting = 8}};
  PictureMaker pictures_{engine_, admission_, limits()};
  UploadImage upload_{pictures_, writer_, upload_claims_, image_cache_, inline_};
  UpdateImage update_{get_, metadata_, image_cache_, clock_};
  DeleteImage remove_{metadata_, finish_, image_cache_, bus_, clock_};
  JsonRenderer json_;
  ImageHandlers images_{upload_, image_cache_, update_, remove_, json_};
  ImageWait wait_{images_, get_, image_cache_, hub_};
};

TEST_F(ImageWaitTest, ImageThatIsDoneIsAnsweredWithoutWaiting) {
  const auto record = add(ProcessingStatus::Completed);
  Asked asked(record, "10");
  const Response response = wait_.get(asked.request);
  EXPECT_FALSE(response.later);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(hub_.counts().waits, 0);
}

TEST_F(ImageWaitTest, ChangeEndsTheWaitAndTheAnswerIsNotFromTheCache) {
  auto record = add(ProcessingStatus::Processing);
  Asked plain(record, "");
  EXPECT_THAT(std::string(wait_.get(plain.request).text()), HasSubstr(" 1 ")) << "version 1 is in the cache now";
  Asked asked(record, "10");
  Response response = wait_.get(asked.request);
  ASSERT_TRUE(response.later);
  EXPECT_EQ(hub_.counts().waits, 1);
  EXPECT_GT(response.later->at_latest.remaining(), 5s);
  std::binary_semaphore happened{0};
  response.later->happening->on_ready([&] { happened.release(); });
  change(record, ProcessingStatus::Completed, ImageEventType::Completed);
  EXPECT_TRUE(happened.try_acquire_for(20s));
  asked.request.waited = 1s;
  response = wait_.get(asked.request);
  EXPECT_FALSE(response.later);
  EXPECT_THAT(std::string(response.text()), HasSubstr(" 2 "));
  EXPECT_THAT(std::string(wait_.get_at_once(plain.request)->text()), HasSubstr(" 2 ")) << "nor are those after it";
  EXPECT_EQ(hub_.counts().waits, 0);
}

TEST_F(ImageWaitTest, WaitThatHasPassedIsAnsweredWithWhatThereIs) {
  const auto record = add(ProcessingStatus::Processing);
  Asked asked(record, "1");
  asked.request.waited = 1s;
  const Response response = wait_.get(asked.request);
  EXPECT_FALSE(response.later);
  EXPECT_EQ(response.status, 200);
}

TEST_F(ImageWaitTest, WaitIsShorterThanTheRequestMayTake) {
  const auto record = add(ProcessingStatus::Processing);
  Asked asked(record, "60");
  asked.request.deadline = Deadline::after(5s);
  const Response response = wait_.get(asked.request);
  ASSERT_TRUE(response.later);
  EXPECT_LT(response.later->at_latest.remaining(), 4001ms);
  asked.request.deadline = Deadline::after(500ms);
  EXPECT_FALSE(wait_.get(asked.request).later);
}

TEST_F(ImageWaitTest, WaitingRequestIsNotAnsweredFromTheCache) {
  const auto record = add(ProcessingStatus::Processing);
  Asked plain(record, "");
  wait_.get(plain.request);
  EXPECT_TRUE(wait_.get_at_once(plain.request));
  Asked asked(record, "10");
  EXPECT_FALSE(wait_.get_at_once(asked.request));
}

TEST_F(ImageWaitTest, BadValueIsRefusedAtOnce) {
  const auto record = add(ProcessingStatus::Completed);
  for (const char* value : {"0", "61", "-1", "x", "1.5", "1s", " 1"}) {
    Asked asked(record, value);
    const auto response = wait_.get_at_once(asked.request);
    ASSERT_TRUE(response) << value;
    EXPECT_EQ(response->status, 400) << value;
    EXPECT_THAT(std::string(response->text()), HasSubstr("VALIDATION_FAILED"));
    EXPECT_EQ(wait_.get(asked.request).status, 400) << value;
  }
}

TEST_F(ImageWaitTest, PreferenceIsAppliedAndSaidSo) {
  const auto record = add(ProcessingStatus::Completed);
  Asked asked(record, "", "respond-async, wait=10");
  EXPECT_THAT(wait_.get(asked.request).headers, testing::Contains(Header("Preference-Applied", "wait=10")));
  Asked parameter(record, "10");
  EXPECT_THAT(wait_.get(parameter.request).headers,
              testing::Not(testing::Contains(testing::Field(&Header::first, "Preference-Applied"))));
}

TEST_F(ImageWaitTest, PreferencesAreReadAsTheStandardSays) {
  const auto record = add(ProcessingStatus::Completed);
  const std::vector<std::pair<const char*, int>> cases = {{"wait=10", 10},
                                                          {"Wait = 7 ; x=y", 7},
                                                          {"a=b,wait=\"9\", wait=3", 9},
                                                          {"wait=600", 60},
                                                          {"", 0},
                                                          {"wait", 0},
                                                          {"wait=", 0},
                                                          {"wait=0", 0},
                                                          {"respond-async", 0},
                                                          {"wait=x", 0},
                                                          {"awaiting=5", 0},
                                                          {",,;=,=", 0},
                                                          {"wait=99999999999999999999", 0}};
  for (const auto& [prefer, seconds] : cases) {
    Asked asked(record, "", prefer);
    const auto wait = wanted_wait(asked.request);
    ASSERT_TRUE(wait) << prefer;
    EXPECT_EQ(*wait ? (*wait)->time.count() : 0, seconds) << prefer;
  }
}

TEST_F(ImageWaitTest, OthersAndNothingAreRefusedBeforeTheWait) {
  auto record = add(ProcessingStatus::Processing);
  record.user_id = user("bob");
  Asked asked(record, "10");
  EXPECT_EQ(wait_.get(asked.request).status, 403);
  record.image_id = maker_.next_id();
  Asked none(record, "10");
  EXPECT_EQ(wait_.get(none.request).status, 404);
  EXPECT_EQ(hub_.counts().waits, 0);
}

}  // namespace
}  // namespace tintype::http
