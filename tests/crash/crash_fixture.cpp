#include "tests/crash/crash_fixture.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/integration/stores_under_test.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {

using namespace std::chrono_literals;

std::map<std::string, std::string> CrashFixture::environment_with(const std::string& plan) const {
  auto environment = without_faults_ ? stores_without_faults(data_dir_) : std::map<std::string, std::string>();
  if (!plan.empty()) environment.emplace("CRASH_POINT", plan);
  return environment;
}

ProgramRun CrashFixture::run(const std::string& program, std::vector<std::string> words,
                             const std::string& plan) const {
  words.insert(words.begin(), program);
  words.insert(words.end(), {"--data-dir", data_dir_.string()});
  return run_program(words, environment_with(plan));
}

std::vector<std::string> CrashFixture::flags(std::chrono::milliseconds lease) const {
  std::vector<std::string> flags = {"--upload-lease",        std::to_string(lease.count()) + "ms",
                                    "--sweep-interval",      "1h",
                                    "--verify-interval",     "0s",
                                    "--workers-provisioned", "1"};
  flags.insert(flags.end(), flags_.begin(), flags_.end());
  return flags;
}

void CrashFixture::empty_the_queue() const {
  empty_the_queue_of(data_dir_);
}

ServerProcess CrashFixture::start_crashing(const std::string& plan, std::chrono::milliseconds lease) {
  longest_lease_ = std::max(longest_lease_, lease);
  return ServerProcess({.data_dir = data_dir_,
                        .flags = flags(lease),
                        .environment = environment_with(plan),
                        .command = {CRASHING_PROGRAM}});
}

ServerProcess CrashFixture::start(const std::vector<std::string>& more_flags) {
  auto all_flags = flags(kLease);
  all_flags.insert(all_flags.end(), more_flags.begin(), more_flags.end());
  return ServerProcess({.data_dir = data_dir_, .flags = all_flags, .environment = environment_with({})});
}

ProgramRun CrashFixture::sweep(const std::string& plan) {
  std::this_thread::sleep_for(longest_lease_);  // no less makes a lease run out
  return run(plan.empty() ? program() : CRASHING_PROGRAM, {"sweep"}, plan);
}

HttpAnswer CrashFixture::upload(const ApiClient& api, const std::string& file) {
  return api.upload(file, {}, "photo.jpg", {std::string("Idempotency-Token: ") + kToken});
}

void CrashFixture::expect_cut_off(ServerProcess& server, const std::function<HttpAnswer()>& request) {
  HttpAnswer answer;
  EXPECT_TRUE(eventually([&] { return (answer = request()).status != 503; }));
  if (answer.status != 0 && connections_are_bad()) {
    // A lost answer has led past the point: what was done is found done already. What follows must hold all the more.
    server.kill_9();
    return;
  }
  EXPECT_EQ(answer.status, 0) << "it was to be cut off: " << answer.body;
  const auto ended = server.process().wait(20s);
  ASSERT_TRUE(ended && ended->signal == SIGKILL) << "the point was not passed";
}

HttpAnswer CrashFixture::until_answered(const std::function<HttpAnswer()>& request) {
  HttpAnswer answer;
  const auto is_final = [&] {
    answer = request();
    return answer.status != 0 && answer.status != 409 && answer.status != 503;
  };
  EXPECT_TRUE(eventually(is_final)) << answer.status << answer.body << answer.transport_error;
  return answer;
}

HttpAnswer CrashFixture::upload_until_answered(const ApiClient& api, const std::string& file) {
  return until_answered([&] { return upload(api, file); });
}

std::vector<HttpAnswer> CrashFixture::upload_from_four_until_answered(const ApiClient& api) {
  std::vector<std::future<HttpAnswer>> uploads;
  for (int i = 0; i < 4; ++i) {
    uploads.push_back(std::async(std::launch::async, [&api] { return upload_until_answered(api); }));
  }
  std::vector<HttpAnswer> answers;
  for (auto& upload : uploads) answers.push_back(upload.get());
  return answers;
}

std::vector<std::string> CrashFixture::image_ids(const ApiClient& api) {
  const auto list = api.get("/images?limit=100");
  EXPECT_EQ(list.status, 200) << list.body;
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    std::string id = json_text(list.body, "images." + std::to_string(i) + ".imageId");
    if (id == "(absent)") break;
    ids.push_back(std::move(id));
  }
  return ids;
}

HttpAnswer CrashFixture::record_of(const ApiClient& api, const std::string& id) {
  HttpAnswer record;
  const auto has_ended = [&] {
    record = api.get("/images/" + id);
    return record.status != 200 || json_text(record.body, "processingStatus") != "processing";
  };
  EXPECT_TRUE(eventually(has_ended, 20s)) << record.body;
  return record;
}

void CrashFixture::expect_same_pictures(const ApiClient& ann, const std::string& id, const ApiClient& other,
                                        const HttpAnswer& uploaded) {
  const auto record = record_of(ann, id);
  ASSERT_EQ(record.status, 200) << record.body;
  const auto same_record = record_of(other, json_text(uploaded.body, "imageId"));
  for (const char* member : {"imageUrl", "thumbnailUrl"}) {
    const auto picture = ann.get(json_text(record.body, member));
    const auto same = other.get(json_text(same_record.body, member));
    EXPECT_EQ(picture.status, 200) << member;
    EXPECT_EQ(same.status, 200) << member;
    EXPECT_TRUE(picture.body == same.body) << member << " has other bytes";
  }
}

void CrashFixture::expect_clean_stores() {
  without_faults_ = true;
  const ProgramRun swept = sweep();
  EXPECT_EQ(swept.code, 0) << swept.error;
  const ProgramRun verified = run(program(), {"verify", "--checksums", "--grace", "0s"});
  EXPECT_EQ(verified.code, 0) << verified.output << verified.error;
  for (const char* count : {"orphanedFiles", "missingFiles", "corruptFiles", "unknownFiles"}) {
    EXPECT_EQ(json_text(verified.output, count), "0") << count;
  }
}

void CrashFixture::expect_sound(const std::vector<std::string>& ids_of_ann) {
  expect_clean_stores();
  ServerProcess server = start();
  const ApiClient ann = client(server);
  const ApiClient bob = client(server, "bob");
  EXPECT_EQ(image_ids(ann), ids_of_ann);
  // A lease as short as theirs may run out on a machine that is busy.
  const auto of_bob = upload_until_answered(bob);
  for (const std::string& id : ids_of_ann) expect_same_pictures(ann, id, bob, of_bob);
  EXPECT_EQ(server.stop(), 0);
}

// Without transactions, an upload that was completed and not yet listed is listed by the sweep.
void CrashFixture::expect_sound_with_at_most_one_image() {
  expect_clean_stores();
  std::vector<std::string> ids;
  {
    ServerProcess server = start();
    ids = image_ids(client(server));
    EXPECT_EQ(server.stop(), 0);
  }
  EXPECT_LE(ids.size(), 1u);
  expect_sound(ids);
}

std::string id_of_all(const std::vector<HttpAnswer>& answers) {
  std::set<std::string> ids;
  int created = 0;
  for (const HttpAnswer& answer : answers) {
    EXPECT_TRUE(answer.status == 200 || answer.status == 201) << answer.status << answer.body;
    created += answer.status == 201 ? 1 : 0;
    EXPECT_EQ(answer.headers.contains("idempotency-replayed"), answer.status == 200);
    ids.insert(json_text(answer.body, "imageId"));
  }
  EXPECT_LE(created, 1);
  EXPECT_EQ(ids.size(), 1u);
  return ids.empty() ? std::string() : *ids.begin();
}

}  // namespace tintype::testing_support
