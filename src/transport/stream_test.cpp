// Streams and waits, through a server in this process.
#include <gmock/gmock.h>

#include <mutex>

#include "tests/integration/raw_connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/process_tree.h"
#include "tests/support/temp_directory.h"
#include "transport/socket_server.h"

namespace tintype::transport {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing_support::eventually;
using testing_support::RawConnection;

// What a test says, at the other end of the house.
class Source {
 public:
  void say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    text_ += text;
    if (ready_) ready_();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    if (ready_) ready_();
  }
  std::optional<std::string> take() {
    const std::lock_guard lock(mutex_);
    if (text_.empty() && has_ended_) return std::nullopt;
    return std::exchange(text_, {});
  }
  void on_ready(std::function<void()> ready) {
    const std::lock_guard lock(mutex_);
    ready_ = std::move(ready);
    if (ready_ && (!text_.empty() || has_ended_)) ready_();
  }

 private:
  std::mutex mutex_;
  std::string text_;  // guarded by mutex_, as is the rest
  bool has_ended_ = false;
  std::function<void()> ready_;
};

struct Stream final : http::BodyStream {
  Stream(Source& from, std::atomic<int>& count) : source(from), open(count) { ++open; }
  ~Stream() override { --open; }
  std::optional<std::string> take() override { return source.take(); }
  void on_ready(std::function<void()> ready) override { source.on_ready(std::move(ready)); }
  Source& source;
  std::atomic<int>& open;
};

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    server_ = std::move(*SocketServer::listen(options, metrics_, log_));
    port_ = std::stoi(server_->address().substr(server_->address().rfind(':') + 1));
    server_->start(dispatcher_, {store_, upload_});
  }
  ~StreamTest() override {
    source_.end();
    server_->begin_drain();
    EXPECT_TRUE(eventually([&] { return server_->drained(); }));
  }

  std::vector<http::Route> routes() {
    using namespace http;
    const auto stream = [this](Request& request) {
      Response response;
      auto body = request.method == "HEAD" ? nullptr : std::make_unique<Stream>(source_, open_);
      response.body = StreamBody{.stream = std::move(body), .idle_text = "idle;", .idle_after = idle_after_};
      return response;
    };
    const auto wait = [this](Request& request) {
      if (request.waited) return json_response(200, "\"waited\"");
      Response response;
      response.later = Later{std::make_unique<Stream>(source_, open_), Deadline::after(wait_)};
      return response;
    };
    const auto plain = [](Request&) { return json_response(200, "\"plain\""); };
    return {{"GET", "/stream", Lane::Store, Access::Anyone, BodyKind::None, stream},
            {"GET", "/wait", Lane::Store, Access::Anyone, BodyKind::None, wait},
            {"GET", "/plain", Lane::Inline, Access::Anyone, BodyKind::None, plain}};
  }
  static std::string get(const std::string& path, const std::string& version = "1.1",
                         const std::string& method = "GET") {
    return method + ' ' + path + " HTTP/" + version + "\r\nHost: x\r\n\r\n";
  }
  bool is_open(int count = 1) {
    return eventually([&] { return open_ == count; });
  }

  std::chrono::milliseconds idle_after_ = 1h;
  std::chrono::milliseconds wait_ = 1h;
  Source source_;
  std::atomic<int> open_ = 0;
  const testing_support::TempDirectory directory_;
  const testing_support::FakeClock clock_;
  const http::JwtPolicy policy_{.secret = "a secret that is long enough for HS256 to be happy"};
  MetricsRegistry metrics_;
  Logger log_{LogLevel::Error, -1};
  http::Dispatcher dispatcher_{
      routes(), http::Authenticator(policy_, clock_), {.upload = {1000, directory_.path()}}, metrics_, log_};
  BoundedExecutor store_{"store", 2, 16};
  BoundedExecutor upload_{"upload", 1, 1};
  std::unique_ptr<SocketServer> server_;
  int port_ = 0;
};

TEST_F(StreamTest, WhatIsSaidArrivesInChunksAndTheConnectionGoesOn) {
  RawConnection client(port_);
  client.send(get("/stream"));
  const std::string head = client.read_until("\r\n\r\n", 5s);
  EXPECT_THAT(head,
              AllOf(HasSubstr("200 OK"), HasSubstr("Transfer-Encoding: chunked"), Not(HasSubstr("Content-Length"))));
  source_.say("one");
  EXPECT_EQ(client.read_until("one\r\n", 5s), "3\r\none\r\n");
  source_.say("sixteen letters.");
  EXPECT_EQ(client.read_until("letters.\r\n", 5s), "10\r\nsixteen letters.\r\n");
  source_.end();
  EXPECT_EQ(client.read_until("0\r\n\r\n", 5s), "0\r\n\r\n");
  client.send(get("/plain"));
  EXPECT_THAT(client.read_until("plain\"", 5s), HasSubstr("200 OK"));
}

TEST_F(StreamTest, RequestSentBehindOneForAStreamIsAnsweredAfterIt) {
  RawConnection client(port_);
  client.send(get("/stream"));
  client.read_until("\r\n\r\n", 5s);
  client.send(get("/plain"));
  source_.say("x");
  client.read_until("x\r\n", 5s);
  source_.end();
  EXPECT_THAT(client.read_until("plain\"", 5s), HasSubstr("0\r\n\r\nHTTP/1.1 200 OK"));
}

TEST_F(StreamTest, Http10GetsItUntilTheConnectionEnds) {
  RawConnection client(port_);
  client.send(get("/stream", "1.0"));
  const std::string head = client.read_until("\r\n\r\n", 5s);
  EXPECT_THAT(head, AllOf(HasSubstr("Connection: close"), Not(HasSubstr("Transfer-Encoding"))));
  source_.say("one");
  EXPECT_EQ(client.read_until("one", 5s), "one");
  source_.end();
  EXPECT_EQ(client.read_to_end(5s), "");
}

TEST_F(StreamTest, HeadHasNoBodyAndTheConnectionGoesOn) {
  RawConnection client(port_);
  client.send(get("/stream", "1.1", "HEAD") + get("/plain"));
  const std::string both = client.read_until("plain\"", 5s);
  EXPECT_THAT(both, AllOf(HasSubstr("Transfer-Encoding: chunked"), HasSubstr("\r\n\r\nHTTP/1.1 200 OK")));
}

TEST_F(StreamTest, SilentStreamShowsThatItIsThere) {
  idle_after_ = 10ms;
  RawConnection client(port_);
  client.send(get("/stream"));
  EXPECT_THAT(client.read_until("idle;\r\n5\r\nidle;", 5s), HasSubstr("5\r\nidle;\r\n5\r\nidle;"));
}

TEST_F(StreamTest, ClientThatHangsUpIsNoticedAtOnce) {
  RawConnection client(port_);
  client.send(get("/stream"));
  ASSERT_TRUE(is_open());
  client.close();
  EXPECT_TRUE(is_open(0));
}

TEST_F(StreamTest, DrainEndsStreamsInOrder) {
  RawConnection client(port_);
  client.send(get("/stream"));
  client.read_until("\r\n\r\n", 5s);
  ASSERT_TRUE(is_open());
  server_->begin_drain();
  EXPECT_THAT(client.read_to_end(5s), EndsWith("0\r\n\r\n"));
  EXPECT_TRUE(eventually([&] { return server_->drained(); }));
}

TEST_F(StreamTest, StreamIsNoSlowRequest) {
  RawConnection client(port_);
  client.send(get("/stream"));
  client.read_until("\r\n\r\n", 5s);
  EXPECT_TRUE(eventually([&] {
    return metrics_.expose().find("tintype_http_requests_in_flight 0") != std::string::npos;
  })) << "it is answered with its head";
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(status="200"} 1)"));
}

TEST_F(StreamTest, WaitEndsWhenItHappens) {
  RawConnection client(port_);
  client.send(get("/wait"));
  ASSERT_TRUE(is_open());
  source_.say("now");
  EXPECT_THAT(client.read_until("waited\"", 5s), HasSubstr("200 OK"));
  EXPECT_TRUE(is_open(0));
}

TEST_F(StreamTest, WaitEndsWhenItsTimeHasPassed) {
  wait_ = 10ms;
  RawConnection client(port_);
  client.send(get("/wait"));
  EXPECT_THAT(client.read_until("waited\"", 5s), HasSubstr("200 OK"));
}

TEST_F(StreamTest, WaitHoldsNoThread) {
  std::vector<std::unique_ptr<RawConnection>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<RawConnection>(port_));
    clients.back()->send(get("/wait"));
  }
  EXPECT_TRUE(is_open(10)) << "with two threads";
  EXPECT_TRUE(eventually([&] { return store_.size() == 0; }));
}

TEST_F(StreamTest, DrainEndsWaitsWithAnAnswer) {
  RawConnection client(port_);
  client.send(get("/wait"));
  ASSERT_TRUE(is_open());
  server_->begin_drain();
  EXPECT_THAT(client.read_to_end(5s), AllOf(HasSubstr("200 OK"), HasSubstr("waited")));
}

TEST_F(StreamTest, ClientThatHangsUpWhileItWaitsIsForgotten) {
  RawConnection client(port_);
  client.send(get("/wait"));
  ASSERT_TRUE(is_open());
  client.close();
  EXPECT_TRUE(is_open(0));
}

}  // namespace
}  // namespace tintype::transport
