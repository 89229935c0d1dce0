// Start, stop, crash, and start again.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "model/blob_key.h"
#include "tests/integration/raw_connection.h"
#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class Lifecycle : public testing::Test {
 protected:
  static std::string jpeg() { return as_file(make_jpeg({.width = 120, .height = 90})); }
  std::filesystem::path data() const { return directory_.path() / "data"; }
  ApiClient client(const ServerProcess& server) const { return {server.url(), ServerProcess::token("ann")}; }

  TempDirectory directory_;
};

TEST_F(Lifecycle, SigtermEndsWith0) {
  ServerProcess server({.data_dir = data()});
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Lifecycle, RequestUnderWayIsFinishedWhileDraining) {
  ServerProcess server({.data_dir = data()});
  const std::string file = jpeg();
  RawConnection connection(server.port());
  connection.send("POST /images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ServerProcess::token("ann") +
                  "\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(file.size()) + "\r\n\r\n");
  ASSERT_THAT(connection.read_until("\r\n\r\n", 5s), HasSubstr("100 Continue"));
  server.process().signal(SIGTERM);
  ASSERT_NE(server.process().wait_for_log("draining", 5s), "");
  connection.send(file);
  const std::string answer = connection.read_to_end(10s);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  const auto ended = server.process().wait(10s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 0);
}

TEST_F(Lifecycle, IdleConnectionsDoNotHoldUpADrain) {
  ServerProcess server({.data_dir = data()});
  RawConnection idle(server.port());
  idle.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_THAT(idle.read_until("}", 5s), HasSubstr("200 OK"));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 3s);
}

TEST_F(Lifecycle, DrainingServerIsNotReady) {
  ServerProcess server({.data_dir = data()});
  RawConnection busy(server.port());
  busy.send("POST /images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ServerProcess::token("ann") +
            "\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n");
  ASSERT_THAT(busy.read_until("\r\n\r\n", 5s), HasSubstr("100 Continue"));
  RawConnection probe(server.port());
  probe.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /ready");  // the second request has begun: not idle
  ASSERT_THAT(probe.read_until("}", 5s), HasSubstr("200 OK"));
  server.process().signal(SIGTERM);
  ASSERT_NE(server.process().wait_for_log("draining", 5s), "");
  probe.send("z HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(probe.read_to_end(5s), StartsWith("HTTP/1.1 503 "));
}

TEST_F(Lifecycle, SecondSigtermEndsAtOnce) {
  ServerProcess server({.data_dir = data()});
  RawConnection busy(server.port());
  busy.send("POST /images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ServerProcess::token("ann") +
            "\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n");
  ASSERT_THAT(busy.read_until("\r\n\r\n", 5s), HasSubstr("100 Continue"));
  server.process().signal(SIGTERM);
  ASSERT_NE(server.process().wait_for_log("draining", 5s), "");
  server.process().signal(SIGTERM);
  const auto ended = server.process().wait(2s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 143);
}

TEST_F(Lifecycle, DrainTimeoutCutsOffWhatHangs) {
  ServerProcess server({.data_dir = data(), .flags = {"--drain-timeout", "300ms"}});
  RawConnection busy(server.port());
  busy.send("POST /images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ServerProcess::token("ann") +
            "\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n");
  ASSERT_THAT(busy.read_until("\r\n\r\n", 5s), HasSubstr("100 Continue"));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.process().standard_error(), HasSubstr("cut off"));
}

TEST_F(Lifecycle, PortInUseIsOneLineAndExitCode1) {
  ServerProcess first({.data_dir = data()});
  ChildProcess second({program(), "serve", "--listen", "127.0.0.1:" + std::to_string(first.port()), "--data-dir",
                       (directory_.path() / "other").string()},
                      {});
  const auto ended = second.wait(10s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  EXPECT_EQ(second.standard_output(), "");
  EXPECT_EQ(second.standard_error(),
            "tintype: cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use\n");
}

TEST_F(Lifecycle, DataDirectoryThatCannotBeWrittenIsOneLineAndExitCode1) {
  std::ofstream(directory_.path() / "file") << "not a directory";
  for (const std::string& bad : {(directory_.path() / "file").string(), std::string("/proc/tintype")}) {
    ChildProcess server({program(), "serve", "--listen", "127.0.0.1:0", "--data-dir", bad}, {});
    const auto ended = server.wait(10s);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->code, 1);
    const std::string error = server.standard_error();
    EXPECT_THAT(error, HasSubstr(bad));
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
  }
}

TEST_F(Lifecycle, GeneratedSecretIsPrivateAndSurvivesARestart) {
  const auto token_of = [&] {
    ChildProcess token({program(), "token", "--user", "me", "--data-dir", data().string()}, {});
    EXPECT_EQ(token.wait(10s)->code, 0);
    std::string text = token.standard_output();
    return text.substr(0, text.find('\n'));
  };
  const std::string before = token_of();
  struct stat secret{};
  ASSERT_EQ(::stat((data() / "jwt_secret").c_str(), &secret), 0);
  EXPECT_EQ(secret.st_mode & 0777, 0600U);
  ChildProcess server({program(), "serve", "--listen", "127.0.0.1:0", "--data-dir", data().string()}, {});
  const std::string line = server.wait_for_log("listening", 20s);
  const std::string url = json_text(line, "url");
  EXPECT_EQ(ApiClient(url, before).get("/images").status, 200);
  EXPECT_EQ(ApiClient(url, token_of()).get("/images").status, 200);
  const Deadline deadline = Deadline::after(5s);
  while (server.standard_output().find("curl ") == std::string::npos && !deadline.expired())
    std::this_thread::sleep_for(5ms);
  EXPECT_THAT(server.standard_output(), HasSubstr("curl -H 'Authorization: Bearer "));
}

TEST_F(Lifecycle, ConfiguredSecretIsNeverShownInUse) {
  ServerProcess server({.data_dir = data()});
  const Deadline deadline = Deadline::after(5s);
  while (server.process().standard_output().find("listens") == std::string::npos && !deadline.expired())
    std::this_thread::sleep_for(5ms);
  EXPECT_EQ(server.process().standard_output().find("Bearer"), std::string::npos);
  EXPECT_EQ(server.process().standard_error().find(ServerProcess::kSecret), std::string::npos);
}

TEST_F(Lifecycle, AnsweredUploadsSurviveKill9UnderLoad) {
  std::mutex mutex;
  std::map<std::string, std::string> answered;  // URL of the picture -> its bytes' size as recorded
  {
    ServerProcess server({.data_dir = data()});
    const ApiClient api = client(server);
    std::atomic<bool> stop{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&, i] {
        const std::string file = as_file(make_jpeg({.width = 200 + i, .height = 150}));
        for (int round = 0; round < 200 && !stop; ++round) {
          const auto answer = api.upload(file);
          if (answer.status != 201) continue;
          const std::lock_guard lock(mutex);
          answered[json_text(answer.body, "imageId")] = json_text(answer.body, "processedSize");
        }
      });
    }
    const Deadline deadline = Deadline::after(20s);
    const auto count = [&] {
      const std::lock_guard lock(mutex);
      return answered.size();
    };
    while (count() < 20 && !deadline.expired()) std::this_thread::sleep_for(5ms);
    server.kill_9();
    stop = true;
    for (auto& thread : clients) thread.join();
  }
  ASSERT_GE(answered.size(), 20U);
  ServerProcess server({.data_dir = data()});
  const ApiClient api = client(server);
  for (const auto& [id, size] : answered) {
    const auto record = api.get("/images/" + id);
    ASSERT_EQ(record.status, 200) << id;
    const std::string path =
        json_text(record.body, "imageUrl").substr(json_text(record.body, "imageUrl").find("/blobs"));
    const auto blob = api.get(path);
    EXPECT_EQ(blob.status, 200);
    EXPECT_EQ(std::to_string(blob.body.size()), size);
    EXPECT_GT(decode_webp(as_bytes(blob.body)).width, 0);
  }
}

TEST_F(Lifecycle, DeletionCutShortByACrashIsFinishedAtStart) {
  std::string id;
  {
    ServerProcess server({.data_dir = data()});
    id = json_text(client(server).upload(jpeg()).body, "imageId");
    EXPECT_EQ(server.stop(), 0);
  }
  const auto image = ImageId::parse(id);
  ASSERT_TRUE(image);
  const std::filesystem::path blob =
      data() / "blobs" / BlobKey::of(*UserId::parse("ann"), *image, Variant::Main).text();
  {  // what a process does that dies between the journal and the blobs
    auto metadata = SqliteMetadataStore::open(data() / "tintype.db");
    ASSERT_TRUE(metadata);
    ASSERT_TRUE((*metadata)->begin_deletion(*image, {}, Deadline::after(5s)));
  }
  ASSERT_TRUE(std::filesystem::exists(blob));
  ServerProcess server({.data_dir = data()});
  EXPECT_NE(server.process().wait_for_log("\"swept\"", 10s), "");
  EXPECT_FALSE(std::filesystem::exists(blob));
  EXPECT_EQ(client(server).get("/images/" + id).status, 404);
}

TEST_F(Lifecycle, HealthNamesADependencyThatIsDown) {
  ServerProcess server({.data_dir = data()});
  const ApiClient api = client(server);
  const auto healthy = api.get("/health");
  EXPECT_EQ(healthy.status, 200);
  EXPECT_EQ(json_text(healthy.body, "checks.blobs.status"), "up");
  EXPECT_EQ(json_text(healthy.body, "checks.metadata.status"), "up");
  EXPECT_EQ(api.get("/livez").status, 200);
  EXPECT_EQ(api.get("/readyz").status, 200);
}

}  // namespace
}  // namespace tintype
