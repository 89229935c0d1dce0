// Event streams and waits, as clients see them.
#include <gmock/gmock.h>

#include "base/ulid.h"
#include "tests/integration/raw_connection.h"
#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// A client that listens.
class Listener {
 public:
  Listener(int port, const std::string& path, const std::string& headers = {}) : connection_(port) {
    connection_.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ServerProcess::token("ann") +
                     "\r\n" + headers + "\r\n");
    head_ = read_until("\r\n\r\n");
  }
  const std::string& head() const { return head_; }
  // What comes up to the end of `text`, all that has come if it does not within 20 s.
  std::string read_until(const std::string& text) {
    const auto patience = Deadline::after(20s);
    while (unread_.find(text) == std::string::npos && !patience.expired())
      unread_ += connection_.read_until("\n", patience.remaining());
    const std::size_t found = unread_.find(text);
    std::string read = unread_.substr(0, found == std::string::npos ? found : found + text.size());
    unread_.erase(0, read.size());
    return read;
  }
  std::string read_to_end() { return unread_ + connection_.read_to_end(20s); }
  // The data of the next event.
  std::string next() {
    const std::string text = read_until("}\n\n");
    const std::size_t begin = text.find("data: ") + 6;
    return text.substr(begin, text.rfind("}\n\n") + 1 - begin);
  }

 private:
  RawConnection connection_;
  std::string unread_;
  std::string head_;
};

class Events : public SharedServer<Events> {
 public:
  static std::vector<std::string> flags() { return {}; }

 protected:
  static bool is_quiet(const ApiClient& api) {
    return eventually([&] { return metric_value(api, "tintype_event_streams") == 0; });
  }
};

TEST_F(Events, UserIsToldOfUploadsAndDeletions) {
  Listener listener(server_->port(), "/events");
  EXPECT_THAT(listener.head(), AllOf(HasSubstr("200 OK"), HasSubstr("Content-Type: text/event-stream"),
                                     HasSubstr("Cache-Control: no-store"), HasSubstr("Transfer-Encoding: chunked")));
  const std::string id = upload(api_);
  const std::string completed = listener.next();
  EXPECT_EQ(json_text(completed, "imageId"), id);
  EXPECT_EQ(json_text(completed, "processingStatus"), "completed");
  EXPECT_EQ(api_.get("/images/" + id).status, 200);
  EXPECT_EQ(api_.get(json_text(completed, "thumbnailUrl").substr(server_->url().size())).status, 200);
  EXPECT_EQ(api_.remove("/images/" + id).status, 204);
  EXPECT_EQ(json_text(listener.next(), "processingStatus"), "deleted");
}

TEST_F(Events, OthersAreNotTold) {
  Listener listener(server_->port(), "/events");
  upload(client("bob"));
  const std::string id = upload(api_);
  EXPECT_EQ(json_text(listener.next(), "imageId"), id);
}

TEST_F(Events, ImageStreamBeginsWithItsStateAndEndsWithTheImage) {
  const std::string id = upload(api_);
  Listener listener(server_->port(), "/images/" + id + "/events");
  EXPECT_EQ(json_text(listener.next(), "processingStatus"), "completed");
  EXPECT_EQ(api_.remove("/images/" + id).status, 204);
  EXPECT_THAT(listener.read_until("0\r\n\r\n"),
              AllOf(HasSubstr("event: deleted\n"), Not(HasSubstr("event: completed")), EndsWith("0\r\n\r\n")));
}

TEST_F(Events, ClientThatComesAgainGetsWhatItMissed) {
  Listener first(server_->port(), "/events");
  const std::string seen = upload(api_);
  const std::string text = first.read_until("}\n\n");
  const std::string last_id = text.substr(text.find("id: ") + 4, 26);
  ASSERT_TRUE(is_ulid(last_id)) << text;
  const std::string missed = upload(api_);
  Listener second(server_->port(), "/events", "Last-Event-ID: " + last_id + "\r\n");
  EXPECT_THAT(second.read_until(missed), AllOf(HasSubstr(missed), Not(HasSubstr("id: " + last_id))));
  Listener parameter(server_->port(), "/events?lastEventId=" + last_id);
  EXPECT_THAT(parameter.read_until(missed), HasSubstr(missed));
}

TEST_F(Events, RefusalsComeBeforeTheStream) {
  const std::string id = upload(client("bob"));
  EXPECT_EQ(api_.get("/images/" + id + "/events").status, 403);
  EXPECT_EQ(api_.get("/images/none/events").status, 404);
  EXPECT_EQ(api_.get("/events?lastEventId=x").status, 400);
}

TEST_F(Events, HeadHasNoBody) {
  const auto answer = api_.head("/events");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "text/event-stream");
}

TEST_F(Events, OpenStreamsAreCountedAndForgotten) {
  ASSERT_TRUE(is_quiet(api_));
  {
    const Listener one(server_->port(), "/events");
    const Listener two(server_->port(), "/events");
    EXPECT_EQ(metric_value(api_, "tintype_event_streams"), 2);
  }
  EXPECT_TRUE(is_quiet(api_)) << "at once when the clients have gone";
}

TEST_F(Events, WaitForAnImageThatIsDoneIsAnsweredAtOnce) {
  const std::string id = upload(api_);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(api_.get("/images/" + id + "?wait=60").status, 200);
  const auto preferred = api_.get("/images/" + id, {"Prefer: wait=60"});
  EXPECT_EQ(preferred.headers.at("preference-applied"), "wait=60");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
  const auto bad = api_.get("/images/" + id + "?wait=61");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(error_code(bad), "VALIDATION_FAILED");
}

TEST(EventsLifecycle, StreamsDoNotHoldUpADrainAndAreToldToComeAgain) {
  const TempDirectory directory;
  ServerProcess server({.data_dir = directory.path() / "data"});
  Listener listener(server.port(), "/events");
  EXPECT_THAT(listener.read_until("\n\n"), HasSubstr("retry: "));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  EXPECT_THAT(listener.read_to_end(), EndsWith("0\r\n\r\n"));
}

}  // namespace
}  // namespace tintype
