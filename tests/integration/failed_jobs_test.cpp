// Jobs that fail, as far as one can make them on files and SQLite: the main picture goes away, and comes back.
#include <gmock/gmock.h>

#include "adapters/sqlite/connection.h"
#include "tests/integration/event_listing.h"
#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class FailedJobs : public testing::Test {
 protected:
  std::filesystem::path data() const { return directory_.path() / "data"; }
  ServerProcess start(std::vector<std::string> more_flags = {}) const {
    std::vector<std::string> flags = {"--thumbnails", "async", "--job-max-attempts", "2", "--job-lease", "1s"};
    flags.insert(flags.end(), more_flags.begin(), more_flags.end());
    return ServerProcess({.data_dir = data(), .flags = flags});
  }
  ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), program());
    words.insert(words.end(), {"--data-dir", data().string(), "--job-max-attempts", "2"});
    return run_program(words, {});
  }
  static ApiClient client(const ServerProcess& server) { return {server.url(), ServerProcess::token("ann")}; }
  // An image whose job nobody has had yet.
  std::string upload() {
    ServerProcess server = start({"--jobs", "off"});
    const auto uploaded = client(server).upload(as_file(make_jpeg({.width = 800, .height = 600})));
    EXPECT_EQ(uploaded.status, 201) << uploaded.body;
    EXPECT_EQ(server.stop(), 0);
    return json_text(uploaded.body, "imageId");
  }
  std::filesystem::path main_picture(const std::string& id) const { return data() / "blobs" / "images" / "ann" / (id + ".webp"); }
  static bool becomes(const ApiClient& api, const std::string& id, const std::string& status) {
    return eventually([&] { return json_text(api.get("/images/" + id).body, "processingStatus") == status; }, 30s);
  }
  void run_sql(const char* sql) const {
    const auto database = sqlite::Connection::open_read_write(data() / "tintype.db", 5s).value();
    ASSERT_TRUE(database->execute(sql));
  }

  TempDirectory directory_;
};

TEST_F(FailedJobs, ImageIsFailedWithTheReasonAndTheJobIsADeadLetterThatCanBeTriedAgain) {
  const std::string id = upload();
  const auto hidden = directory_.path() / "hidden.webp";
  std::filesystem::rename(main_picture(id), hidden);
  {
    ServerProcess server = start();
    EXPECT_TRUE(becomes(client(server), id, "failed"));
    const auto record = client(server).get("/images/" + id);
    EXPECT_NE(json_text(record.body, "processingError"), "(absent)");
    EXPECT_EQ(json_text(record.body, "thumbnailUrl"), "null");
    EXPECT_THAT(events_of(server.url(), "ann"), testing::ElementsAre("processing " + id, "failed " + id));
    EXPECT_EQ(metric_value(client(server), R"(tintype_jobs_total{outcome="retried",type="derive"})"), 1);
    EXPECT_EQ(metric_value(client(server), R"(tintype_jobs_total{outcome="dead",type="derive"})"), 1);
    EXPECT_EQ(server.stop(), 0);
  }
  EXPECT_THAT(run({"jobs", "--dead"}).output, testing::HasSubstr("derive/thumbnail/" + id));
  const std::string dead = run({"jobs", "--dead", "--json"}).output;
  EXPECT_EQ(json_text(dead, "0.attempts"), "2") << dead;
  EXPECT_NE(json_text(dead, "0.reason"), "") << dead;

  std::filesystem::rename(hidden, main_picture(id));
  EXPECT_EQ(json_text(run({"jobs", "--redrive"}).output, "redriven"), "1");
  ServerProcess server = start();
  EXPECT_TRUE(becomes(client(server), id, "completed"));
  EXPECT_EQ(json_text(client(server).get("/images/" + id).body, "processingError"), "(absent)");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(run({"jobs", "--dead"}).output, testing::HasSubstr("no dead letters"));
  EXPECT_EQ(run({"verify", "--checksums", "--grace", "0s"}).code, 0);
}

TEST_F(FailedJobs, JobThatIsLostIsMadeAgainWhenItsTimeHasCome) {
  const std::string id = upload();
  run_sql("DELETE FROM jobs; UPDATE images SET redrive_at = 1");
  ServerProcess server = start();
  EXPECT_TRUE(becomes(client(server), id, "completed"));
  EXPECT_EQ(metric_value(client(server), R"(tintype_redrives_total{outcome="pushed"})"), 1);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(FailedJobs, ThumbnailOfAnOldRecipeIsMadeAnewUnderAnotherUrl) {
  const std::string id = upload();
  std::string old_url;
  {
    ServerProcess server = start();
    ASSERT_TRUE(becomes(client(server), id, "completed"));
    old_url = json_text(client(server).get("/images/" + id).body, "thumbnailKey");
    EXPECT_EQ(server.stop(), 0);
  }
  run_sql("UPDATE images SET thumbnail_recipe = ''");
  const ProgramRun rederived = run({"rederive", "--older-than", "1"});
  EXPECT_EQ(json_text(rederived.output, "jobs"), "1") << rederived.output << rederived.error;
  ServerProcess server = start();
  const ApiClient api = client(server);
  const auto key = [&] { return json_text(api.get("/images/" + id).body, "thumbnailKey"); };
  EXPECT_TRUE(eventually([&] { return key() != old_url; }));
  EXPECT_TRUE(key().ends_with("/thumbnails/" + id + ".2.webp")) << key();
  EXPECT_EQ(api.get("/blobs/" + key()).status, 200);
  EXPECT_EQ(api.get("/blobs/" + old_url).status, 200) << "for a while";
  EXPECT_EQ(json_text(api.get("/images/" + id).body, "processingStatus"), "completed");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(json_text(run({"rederive", "--older-than", "1"}).output, "jobs"), "0") << "it is new now";
  EXPECT_EQ(run({"verify", "--checksums", "--grace", "0s"}).code, 0);
}

}  // namespace
}  // namespace tintype
