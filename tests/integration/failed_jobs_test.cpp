// Jobs that fail, as far as one can make them on files and SQLite: the main picture goes away, and comes back.
#include <gmock/gmock.h>

#include "adapters/sqlite/connection.h"
#include "tests/integration/async_fixture.h"
#include "tests/integration/event_listing.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class FailedJobs : public AsyncFixture {
 protected:
  FailedJobs() : AsyncFixture({"--job-max-attempts", "2"}) {}

  std::filesystem::path main_picture(const std::string& id) const {
    return data() / "blobs" / "images" / "ann" / (id + ".webp");
  }
  void run_sql(const char* sql) const {
    const auto database = sqlite::Connection::open_read_write(data() / "tintype.db", 5s).value();
    ASSERT_TRUE(database->execute(sql));
  }
};

TEST_F(FailedJobs, ImageIsFailedWithTheReasonAndTheJobIsADeadLetterThatCanBeTriedAgain) {
  const std::string id = upload_without_jobs();
  const auto hidden = data() / "tmp" / "hidden.webp";
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
  const std::string id = upload_without_jobs();
  run_sql("DELETE FROM jobs; UPDATE images SET redrive_at = 1");
  ServerProcess server = start();
  EXPECT_TRUE(becomes(client(server), id, "completed"));
  EXPECT_EQ(metric_value(client(server), R"(tintype_redrives_total{outcome="pushed"})"), 1);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(FailedJobs, ThumbnailOfAnOldRecipeIsMadeAnewUnderAnotherUrl) {
  const std::string id = upload_without_jobs();
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
