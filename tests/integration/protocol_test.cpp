// HTTP/1.1 as clients that are slow, hasty, broken or gone speak it.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <thread>

#include "tests/integration/raw_connection.h"
#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Protocol : public SharedServer<Protocol> {
 public:
  static std::vector<std::string> flags() {
    return {"--max-upload-bytes", "1MiB",  "--header-timeout", "600ms",
            "--body-timeout",     "900ms", "--idle-timeout",   "1500ms"};
  }

 protected:
  static std::string authorization() { return "Authorization: Bearer " + ServerProcess::token("ann") + "\r\n"; }
  static std::string post(const std::string& headers) {
    return "POST /images HTTP/1.1\r\nHost: x\r\n" + authorization() + headers + "\r\n";
  }
  static RawConnection connect() { return RawConnection(server_->port()); }
  static std::string form(const std::string& file) {
    return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n" + file + "\r\n--b--\r\n";
  }
  static std::string chunk(const std::string& data) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    return size + data + "\r\n";
  }
  static long open_descriptors() {
    long count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(server_->process().pid()) + "/fd"))
      ++count;
    return count;
  }
};

TEST_F(Protocol, DeclaredTooLargeIsRefusedBeforeTheBody) {
  auto connection = connect();
  connection.send(post("Content-Type: image/jpeg\r\nContent-Length: 999999999\r\n"));
  const std::string answer = connection.read_to_end(5s);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_THAT(answer, HasSubstr("FILE_TOO_LARGE"));
}

TEST_F(Protocol, ExpectContinueIsHonoured) {
  const std::string file = small_jpeg();
  auto connection = connect();
  connection.send(post(
      "Content-Type: image/jpeg\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(file.size()) + "\r\n"));
  EXPECT_EQ(connection.read_until("\r\n\r\n", 5s), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send(file);
  EXPECT_THAT(connection.read_until("}", 10s), StartsWith("HTTP/1.1 201 "));
}

TEST_F(Protocol, ExpectContinueIsRefusedEarlyWhenTooLarge) {
  auto connection = connect();
  connection.send(post("Content-Type: image/jpeg\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n"));
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 413 "));
}

TEST_F(Protocol, ExpectContinueIsRefusedEarlyWithoutAToken) {
  auto connection = connect();
  connection.send("POST /images HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n");
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 401 "));
}

TEST_F(Protocol, ChunkedUploadWorksAtAnyChunkSize) {
  const std::string body = form(small_jpeg());
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, body.size()}) {
    auto connection = connect();
    std::string message = post("Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n");
    for (std::size_t at = 0; at < body.size(); at += size) message += chunk(body.substr(at, size));
    connection.send(message + "0\r\n\r\n");
    EXPECT_THAT(connection.read_until("}", 10s), StartsWith("HTTP/1.1 201 ")) << size;
  }
}

TEST_F(Protocol, ChunkedBodyOverTheLimitIsCutOff) {
  auto connection = connect();
  connection.send(post("Content-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n"));
  const std::string piece = chunk(small_jpeg() + std::string(200'000, 'x'));
  for (int i = 0; i < 8; ++i) connection.send(piece);
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 413 "));
}

TEST_F(Protocol, EndlessEpilogueIsCutOff) {
  auto connection = connect();
  connection.send(post("Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n"));
  connection.send(chunk(form(small_jpeg())));
  const std::string piece = chunk(std::string(200'000, 'x'));
  for (int i = 0; i < 8; ++i) connection.send(piece);
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 413 "));
}

TEST_F(Protocol, BoundarySplitAcrossPacketsIsFound) {
  const std::string body = form(small_jpeg());
  auto connection = connect();
  connection.send(
      post("Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"));
  const std::size_t tail = body.size() - 12;
  connection.send(body.substr(0, tail));
  for (std::size_t at = tail; at < body.size(); ++at) {
    std::this_thread::sleep_for(2ms);  // lets each byte travel alone
    connection.send(body.substr(at, 1));
  }
  EXPECT_THAT(connection.read_until("}", 10s), StartsWith("HTTP/1.1 201 "));
}

TEST_F(Protocol, MissingFinalBoundaryIs400) {
  std::string body = form(small_jpeg());
  body.resize(body.size() - 8);
  auto connection = connect();
  connection.send(
      post("Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + std::to_string(body.size()) + "\r\n") +
      body);
  EXPECT_THAT(connection.read_until("}", 10s), StartsWith("HTTP/1.1 400 "));
}

TEST_F(Protocol, NonImageIsRefusedAtItsFirstBytes) {
  auto connection = connect();
  connection.send(post("Content-Type: image/jpeg\r\nContent-Length: 1000000\r\n") + "this is not an image at all");
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 415 "));
}

TEST_F(Protocol, SlowHeaderIs408) {
  auto connection = connect();
  connection.send("GET /livez HTTP/1.1\r\nHos");
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 408 "));
}

TEST_F(Protocol, BodyThatDripsIs408) {
  auto connection = connect();
  connection.send(post("Content-Type: image/jpeg\r\nContent-Length: 100000\r\n"));
  const std::string file = small_jpeg();
  // A byte every 100 ms would keep a mere idle time-out of 900 ms from ever firing.
  std::string answer;
  std::size_t sent = 0;
  for (; sent < 60 && answer.empty(); ++sent) {
    connection.send(file.substr(sent, 1));
    answer = connection.read_until("\r\n\r\n", 100ms);
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(sent, 40U);
}

TEST_F(Protocol, IdleConnectionIsClosed) {
  auto connection = connect();
  EXPECT_TRUE(connection.closed_within(4s));
}

TEST_F(Protocol, PipelinedRequestsAreAnsweredInOrder) {
  auto connection = connect();
  connection.send(
      "GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost: "
      "x\r\nConnection: close\r\n\r\n");
  const std::string answers = connection.read_to_end(5s);
  const std::size_t first = answers.find("HTTP/1.1 200");
  const std::size_t second = answers.find("HTTP/1.1 404");
  const std::size_t third = answers.rfind("HTTP/1.1 200");
  EXPECT_EQ(first, 0U);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(Protocol, RequestBehindAnUploadIsAnswered) {
  const std::string file = small_jpeg();
  auto connection = connect();
  connection.send(post("Content-Length: " + std::to_string(file.size()) + "\r\n") + file +
                  "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answers = connection.read_to_end(10s);
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(answers, HasSubstr(R"({"status":"alive"})"));
}

TEST_F(Protocol, Http10ClosesUnlessAskedNot) {
  auto closing = connect();
  closing.send("GET /livez HTTP/1.0\r\n\r\n");
  EXPECT_THAT(closing.read_to_end(5s), HasSubstr("Connection: close"));
  auto keeping = connect();
  keeping.send("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(keeping.read_until("}", 5s), HasSubstr("Connection: keep-alive"));
}

TEST_F(Protocol, GarbageIs400) {
  for (const char* bytes : {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET\r\n\r\n",
                            "GET / HTTP/1.1\r\nbad header\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"}) {
    auto connection = connect();
    connection.send(bytes);
    EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 40"));
  }
}

TEST_F(Protocol, ContentLengthBesideChunkedIsRefused) {
  auto connection = connect();
  connection.send(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\nGET /livez HTTP/1.1\r\n\r\n");
  const std::string answer = connection.read_to_end(5s);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, Not(HasSubstr("alive"))) << "two readings of one message: request smuggling";
}

TEST_F(Protocol, HugeHeaderIsRefused) {
  auto connection = connect();
  connection.send("GET /livez HTTP/1.1\r\nHost: x\r\nX: " + std::string(40'000, 'a') + "\r\n\r\n");
  EXPECT_THAT(connection.read_to_end(5s), StartsWith("HTTP/1.1 4"));
}

TEST_F(Protocol, ClientsThatGoAwayCostNothing) {
  constexpr int kClients = 50;        // each costs a socket and a spool file while it is there
  constexpr long kStoresMayOpen = 8;  // SQLite's readers are opened when first wanted, which may be just now
  const long before = open_descriptors();
  for (int i = 0; i < kClients; ++i) {
    auto connection = connect();
    connection.send(post("Content-Type: image/jpeg\r\nContent-Length: 100000\r\n") + small_jpeg());
  }
  const Deadline deadline = Deadline::after(5s);
  while (open_descriptors() > before + kStoresMayOpen && !deadline.expired()) std::this_thread::sleep_for(20ms);
  EXPECT_LE(open_descriptors(), before + kStoresMayOpen);
  const std::filesystem::path tmp = directory_->path() / "data/tmp";
  EXPECT_TRUE(std::filesystem::is_empty(tmp));
}

TEST_F(Protocol, ClientThatLeavesBeforeTheAnswerDoesNotHurtOthers) {
  for (int i = 0; i < 10; ++i) {
    const std::string file = small_jpeg();
    auto connection = connect();
    connection.send(post("Content-Length: " + std::to_string(file.size()) + "\r\n") + file);
  }
  EXPECT_EQ(api_.upload(small_jpeg()).status, 201);
}

}  // namespace
}  // namespace tintype
