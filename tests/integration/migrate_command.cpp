// `tintype migrate` between files with SQLite and the engines that the environment names, to be run by
// tests/engines/with.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <future>

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "base/crypto/sha256.h"
#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/integration/storage_load.h"
#include "tests/integration/stores_under_test.h"
#include "tests/support/record_maker.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

using Counts = std::map<std::string, std::int64_t>;

// The members of the object that was printed and are not 0.
Counts counts(const ProgramRun& ran) {
  Counts found;
  boost::json::error_code error;
  const auto printed = boost::json::parse(ran.output, error);
  if (error) return found;
  for (const auto& [name, value] : printed.as_object()) {
    if (const auto number = value.to_number<std::int64_t>(); number != 0) found.emplace(name, number);
  }
  return found;
}
// The same without the bytes, which depend on the encoder.
Counts counts_of_migration(const ProgramRun& ran) {
  Counts found = counts(ran);
  found.erase("bytes");
  return found;
}

class MigrateCommand : public testing::Test {
 protected:
  using Environment = std::map<std::string, std::string>;

  void SetUp() override { ASSERT_FALSE(stores_are_embedded()) << "run this by tests/engines/with ceph dynamodb --"; }

  static Environment embedded() { return {{"TINTYPE_BLOBS", "filesystem"}, {"TINTYPE_METADATA", "sqlite"}}; }
  ProgramRun run(std::vector<std::string> words, Environment environment = {},
                 const std::string& program_path = program()) const {
    words.insert(words.begin(), program_path);
    words.insert(words.end(), {"--data-dir", data_dir_.string()});
    return run_program(words, std::move(environment));
  }
  ProgramRun migrate(Environment environment = {}, const std::string& program_path = program()) const {
    return run({"migrate", "--from", "embedded", "--to", "scale"}, std::move(environment), program_path);
  }
  ServerProcess start_embedded() const { return ServerProcess({.data_dir = data_dir_, .environment = embedded()}); }
  ServerProcess start_scaled() const { return ServerProcess({.data_dir = data_dir_}); }
  static ApiClient client(const ServerProcess& server) { return {server.url(), ServerProcess::token("ann")}; }
  static std::string upload(const ApiClient& api) {
    const auto answer = api.upload(as_file(make_jpeg({.width = 120, .height = 90})), {{"tags", "a"}, {"albumId", "b"}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return json_text(answer.body, "imageId");
  }
  // Images in the files, as uploads leave them; made without a server, which would take longer.
  void store(int images) const {
    std::filesystem::create_directories(data_dir_);
    const auto blobs = FilesystemBlobStore::open(data_dir_).value();
    const auto metadata = SqliteMetadataStore::open(data_dir_ / "tintype.db").value();
    const Deadline deadline = Deadline::after(60s);
    RecordMaker maker;
    for (int i = 0; i < images; ++i) {
      ImageRecord record = maker.next_in("album", {"tag"});
      const std::string main = "picture " + record.image_id.text();
      const std::string thumbnail = "thumbnail " + record.image_id.text();
      record.processed_size = main.size();
      record.main_sha256 = hex(sha256(as_bytes(main)));
      record.thumbnail_sha256 = hex(sha256(as_bytes(thumbnail)));
      ASSERT_TRUE(blobs->put(record.main_key, as_bytes(main), {}, deadline));
      ASSERT_TRUE(blobs->put(*record.thumbnail_key, as_bytes(thumbnail), {}, deadline));
      ASSERT_TRUE(metadata->import_record(record, deadline));
    }
  }
  std::filesystem::path file_of(const std::string& key) const { return data_dir_ / "blobs" / key; }
  void expect_clean_target(int images) const {
    const ProgramRun ran = run({"verify", "--checksums", "--grace", "0s"});
    EXPECT_EQ(ran.code, 0) << ran.error;
    EXPECT_EQ(counts(ran), (Counts{{"blobs", 2 * images}, {"records", images}, {"samplePercent", 100}}));
  }

  TempDirectory directory_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
};

TEST_F(MigrateCommand, ImagesAreCopiedWhileTheyAreReadAndTheNextRunDoesNothing) {
  constexpr int kImages = 12;
  std::vector<StoredPicture> pictures;
  {
    ServerProcess source = start_embedded();
    const ApiClient api = client(source);
    for (int i = 0; i < kImages; ++i) pictures.push_back(read_picture(api, upload(api)));
    auto copying = std::async(std::launch::async, [&] { return migrate(); });
    do {
      for (const StoredPicture& picture : pictures) expect_unchanged(api, picture);
    } while (copying.wait_for(0s) != std::future_status::ready);
    const ProgramRun copied = copying.get();
    EXPECT_EQ(copied.code, 0) << copied.error;
    EXPECT_THAT(copied.error, IsEmpty()) << "no progress where there is no terminal";
    EXPECT_EQ(counts_of_migration(copied), (Counts{{"records", kImages}, {"copied", kImages}, {"blobs", 2 * kImages}}));
    EXPECT_EQ(counts(migrate()), (Counts{{"records", kImages}, {"unchanged", kImages}}));
    EXPECT_EQ(source.stop(), 0);
  }
  expect_clean_target(kImages);
  ServerProcess target = start_scaled();
  const ApiClient api = client(target);
  for (const StoredPicture& picture : pictures) expect_unchanged(api, picture);
  const auto list = api.get("/images?limit=100&tag=a&albumId=b");
  EXPECT_EQ(json_text(list.body, "images." + std::to_string(kImages - 1) + ".imageId"), pictures.front().image_id);
  const auto blob = api.get("/blobs/" + pictures.front().keys.front());
  EXPECT_EQ(blob.headers.at("content-type"), "image/webp");
  EXPECT_EQ(target.stop(), 0);
}

TEST_F(MigrateCommand, WhatHasChangedSinceIsBroughtOver) {
  std::string changed;
  std::string deleted;
  {
    ServerProcess source = start_embedded();
    const ApiClient api = client(source);
    changed = upload(api);
    deleted = upload(api);
    EXPECT_EQ(migrate().code, 0);
    EXPECT_EQ(api.patch("/images/" + changed, R"({"version":1,"title":"new","tags":["c"]})").status, 200);
    EXPECT_EQ(api.remove("/images/" + deleted).status, 204);
    upload(api);
    EXPECT_EQ(source.stop(), 0);
  }
  const ProgramRun again = migrate();
  EXPECT_EQ(again.code, 0) << again.error;
  EXPECT_EQ(counts_of_migration(again), (Counts{{"records", 2}, {"copied", 2}, {"blobs", 2}, {"onlyAtTarget", 1}}));
  EXPECT_THAT(again.error, AllOf(HasSubstr("at the target only"), HasSubstr(deleted)));
  ServerProcess target = start_scaled();
  const ApiClient api = client(target);
  EXPECT_EQ(json_text(api.get("/images/" + changed).body, "title"), "new");
  EXPECT_EQ(json_text(api.get("/images?tag=c").body, "images.0.imageId"), changed);
  EXPECT_EQ(api.remove("/images/" + deleted).status, 204);
  EXPECT_EQ(target.stop(), 0);
  expect_clean_target(2);
}

// The points are passed about 120 times: two blobs, and a record with a tag, of each image.
TEST_F(MigrateCommand, KilledAtAnyStepItGoesOnInTheNextRun) {
  constexpr int kImages = 60;
  store(kImages);
  for (const char* point : {"blob.publishing:7", "blob.published:22", "metadata.before-commit:31",
                            "metadata.after-commit:30", "metadata.after-commit:17"}) {
    const ProgramRun killed = migrate({{"CRASH_POINT", point}}, CRASHING_PROGRAM);
    EXPECT_EQ(killed.code, -1) << point << killed.error;
    EXPECT_THAT(killed.output, IsEmpty());
  }
  const ProgramRun rest = migrate();
  EXPECT_EQ(rest.code, 0) << rest.error;
  const Counts copied = counts(rest);
  EXPECT_EQ(copied.at("records"), kImages);
  EXPECT_GT(copied.at("copied"), 0);
  EXPECT_GT(copied.at("unchanged"), 20);
  EXPECT_EQ(copied.at("copied") + copied.at("unchanged"), kImages);
  expect_clean_target(kImages);
  EXPECT_EQ(counts(migrate()), (Counts{{"records", kImages}, {"unchanged", kImages}}));
}

TEST_F(MigrateCommand, WhatCannotBeCopiedIsNamedAndTheRestIsCopied) {
  store(3);
  std::filesystem::path victim;
  for (const auto& entry : std::filesystem::directory_iterator(file_of("images/ann/thumbnails"))) victim = entry.path();
  std::filesystem::remove(victim);
  const ProgramRun ran = migrate();
  EXPECT_EQ(ran.code, 2) << ran.error;
  EXPECT_EQ(counts_of_migration(ran), (Counts{{"records", 3}, {"copied", 2}, {"failed", 1}, {"blobs", 4}}));
  EXPECT_THAT(ran.error, AllOf(HasSubstr("thumbnails/" + victim.filename().string()), HasSubstr("NOT_FOUND")));
  expect_clean_target(2);
}

TEST_F(MigrateCommand, WayBackLeadsToANewDirectory) {
  store(5);
  ASSERT_EQ(migrate().code, 0);
  const auto scale = stores_under_test(data_dir_);
  const std::string back = (directory_.path() / "back").string();
  const auto at_back = [&](std::vector<std::string> words, Environment environment) {
    words.insert(words.begin(), program());
    words.insert(words.end(), {"--data-dir", back});
    return run_program(words, std::move(environment));
  };
  const std::vector<std::string> words = {"migrate", "--from", "scale", "--to", "embedded", "--parallel", "2"};
  const ProgramRun too_early = at_back(words, scale);
  EXPECT_EQ(too_early.code, 1);
  EXPECT_THAT(too_early.error, AllOf(HasSubstr(back), HasSubstr("tintype init")));
  ASSERT_EQ(at_back({"init"}, embedded()).code, 0);
  const ProgramRun copied = at_back(words, scale);
  EXPECT_EQ(copied.code, 0) << copied.error;
  EXPECT_EQ(counts_of_migration(copied), (Counts{{"records", 5}, {"copied", 5}, {"blobs", 10}}));
  EXPECT_EQ(counts(at_back(words, scale)), (Counts{{"records", 5}, {"unchanged", 5}}));
  const ProgramRun verified = at_back({"verify", "--checksums", "--grace", "0s"}, embedded());
  EXPECT_EQ(counts(verified), (Counts{{"blobs", 10}, {"records", 5}, {"samplePercent", 100}}));
}

TEST_F(MigrateCommand, TargetThatWasNotMadeIsAnErrorThatSaysWhatToDo) {
  store(1);
  const ProgramRun no_bucket = migrate({{"TINTYPE_S3_BUCKET", "tintype-test-nobody-made-it"}});
  EXPECT_EQ(no_bucket.code, 1);
  EXPECT_THAT(no_bucket.error, AllOf(HasSubstr("tintype-test-nobody-made-it"), HasSubstr("tintype init")));
  const ProgramRun no_tables = migrate({{"TINTYPE_DYNAMODB_TABLE_PREFIX", "nobody-made-it-"}});
  EXPECT_EQ(no_tables.code, 1);
  EXPECT_THAT(no_tables.error, AllOf(HasSubstr("nobody-made-it-"), HasSubstr("tintype init")));
}

// The signal is there before the first record: pending signals and the mask outlive execve(2).
TEST_F(MigrateCommand, SignalEndsTheRun) {
  store(1);
  const ProgramRun ran =
      run_program({"/usr/bin/python3", "-c",
                   "import os, signal, sys\n"
                   "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\n"
                   "os.kill(os.getpid(), signal.SIGINT)\n"
                   "os.execv(sys.argv[1], sys.argv[1:])\n",
                   program(), "migrate", "--from", "embedded", "--to", "scale", "--data-dir", data_dir_.string()});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr("stopped"), HasSubstr("can be run again")));
  EXPECT_THAT(ran.output, IsEmpty());
}

}  // namespace
}  // namespace tintype
