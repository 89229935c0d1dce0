#include "http/event_handlers.h"

#include <gmock/gmock.h>

#include "tests/support/event_fixture.h"
#include "tests/support/fake_headers.h"
#include "tests/support/process_tree.h"

namespace tintype::http {
namespace {

using namespace testing_support;
using testing::HasSubstr;

class EventHandlersTest : public EventFixture {
 protected:
  Response ask(const std::string& user, const std::string& image, const std::string& last_id = {},
               std::string_view method = "GET") {
    const FakeHeaders headers{{"last-event-id", last_id}};
    Request request{.method = method, .target = "/", .headers = headers};
    request.user = *UserId::parse(user);
    request.captured = image;
    request.deadline = soon();
    return image.empty() ? handlers_.of_user(request) : handlers_.of_image(request);
  }
  static BodyStream& stream(Response& response) { return *std::get<StreamBody>(response.body).stream; }
  // What comes until `text` does.
  static std::string read_until(BodyStream& from, const std::string& text) {
    std::string all;
    EXPECT_TRUE(eventually([&] {
      all += from.take().value_or("(end)" + text);
      return all.find(text) != std::string::npos;
    })) << all;
    return all;
  }
  static bool ends(BodyStream& from) {
    return eventually([&] { return !from.take().has_value(); });
  }
  std::string text(const ImageEvent& event) const { return event_text(event, json_); }

  JsonRenderer json_;
  EventHandlers handlers_{get_, hub_, json_, {}};
};

TEST_F(EventHandlersTest, StreamIsNeverKeptByAnyCache) {
  Response response = ask("ann", "");
  EXPECT_EQ(response.status, 200);
  using Header = std::pair<std::string_view, std::string>;
  EXPECT_THAT(response.headers,
              testing::IsSupersetOf({Header("Content-Type", "text/event-stream"), Header("Cache-Control", "no-store"),
                                     Header("X-Accel-Buffering", "no")}));
  EXPECT_EQ(stream(response).take(), "retry: 2000\n\n");
  EXPECT_EQ(stream(response).take(), "") << "nothing yet, and no end";
}

TEST_F(EventHandlersTest, UserStreamTellsWhatHappensFromNowOn) {
  ImageRecord record = add(ProcessingStatus::Processing);
  tell(record, ImageEventType::Processing);
  Response response = ask("ann", "");
  const auto completed = change(record, ProcessingStatus::Completed, ImageEventType::Completed);
  EXPECT_EQ(read_until(stream(response), completed.id), "retry: 2000\n\n" + text(completed));
}

TEST_F(EventHandlersTest, EventIsWrittenAsTheStandardSays) {
  const auto event = event_of(maker_.next(), ImageEventType::Completed, clock_.now());
  EXPECT_EQ(text(event), "id: " + event.id + "\nevent: completed\ndata: " + json_.event(event) + "\n\n");
}

TEST_F(EventHandlersTest, ImageStreamBeginsWithTheStateAndDoesNotRepeatIt) {
  ImageRecord record = add(ProcessingStatus::Processing);
  Response response = ask("ann", record.image_id.text());
  EXPECT_THAT(read_until(stream(response), "data: "), HasSubstr("\nevent: processing\n"));
  tell(record, ImageEventType::Processing);  // visible late: it is the state that was shown
  const auto completed = change(record, ProcessingStatus::Completed, ImageEventType::Completed);
  EXPECT_EQ(read_until(stream(response), completed.id), text(completed));
}

TEST_F(EventHandlersTest, ImageStreamEndsAfterDeleted) {
  const ImageRecord record = add(ProcessingStatus::Completed);
  Response response = ask("ann", record.image_id.text());
  EXPECT_THAT(read_until(stream(response), "data: "), HasSubstr("\nevent: completed\n"));
  const auto deleted = tell(record, ImageEventType::Deleted);  // of the version that was shown
  EXPECT_EQ(read_until(stream(response), deleted.id), text(deleted));
  EXPECT_TRUE(ends(stream(response)));
}

TEST_F(EventHandlersTest, LastEventIdResumesAndLeavesTheStateOut) {
  ImageRecord record = add(ProcessingStatus::Processing);
  const auto seen = tell(record, ImageEventType::Processing);
  const auto missed = change(record, ProcessingStatus::Completed, ImageEventType::Completed);
  Response image = ask("ann", record.image_id.text(), seen.id);
  EXPECT_EQ(stream(image).take(), "retry: 2000\n\n" + text(missed));
  Response user = ask("ann", "", seen.id);
  EXPECT_EQ(stream(user).take(), "retry: 2000\n\n" + text(missed));
}

TEST_F(EventHandlersTest, ErrorsComeBeforeTheStream) {
  const ImageRecord record = add(ProcessingStatus::Completed);
  EXPECT_EQ(ask("ann", "no-id").status, 404);
  EXPECT_EQ(ask("ann", maker_.next_id().text()).status, 404);
  EXPECT_EQ(ask("bob", record.image_id.text()).status, 403);
  EXPECT_EQ(ask("ann", "", "no-id").status, 400);
  EXPECT_EQ(ask("ann", record.image_id.text(), "no-id").status, 400);
  event_log_.set_failing(true);
  EXPECT_EQ(ask("ann", "").status, 503);
  EXPECT_EQ(hub_.counts().streams, 0);
}

TEST_F(EventHandlersTest, HeadListensToNothing) {
  const ImageRecord record = add(ProcessingStatus::Completed);
  EXPECT_EQ(ask("ann", "", {}, "HEAD").status, 200);
  EXPECT_EQ(ask("ann", record.image_id.text(), {}, "HEAD").status, 200);
  EXPECT_EQ(hub_.counts().streams, 0);
}

TEST_F(EventHandlersTest, StreamThatIsGoneIsForgotten) {
  {
    Response response = ask("ann", "");
    EXPECT_EQ(hub_.counts().streams, 1);
  }
  EXPECT_EQ(hub_.counts().streams, 0);
}

}  // namespace
}  // namespace tintype::http
