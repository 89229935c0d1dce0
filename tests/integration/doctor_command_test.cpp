// `tintype doctor`, on whatever stores are under test. What a test engine does not do on request, or is not there
// for, a server of the test does.
#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <fstream>

#include "adapters/sqlite/inspection.h"
#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/integration/stores_under_test.h"
#include "tests/support/redis_process.h"
#include "tests/support/scripted_http_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using std::filesystem::perms;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// What `tintype doctor --json` has printed, by "area/check".
struct Diagnosis {
  ProgramRun ran;
  std::map<std::string, boost::json::object> checks;

  std::string text(const std::string& check, const char* member) const {
    const auto found = checks.find(check);
    return found == checks.end() ? "(no such check)" : std::string(found->second.at(member).as_string());
  }
  std::string state(const std::string& check) const { return text(check, "state"); }
  std::string advice(const std::string& check) const { return text(check, "advice"); }
  // "s3/bucket: there is none", for messages.
  std::vector<std::string> in_state(const std::string& wanted) const {
    std::vector<std::string> found;
    for (const auto& [name, check] : checks) {
      if (state(name) == wanted) found.push_back(name + ": " + text(name, "detail"));
    }
    return found;
  }
};

class DoctorCommand : public testing::Test {
 protected:
  Diagnosis run(std::map<std::string, std::string> environment = {}, std::vector<std::string> flags = {}) const {
    Diagnosis diagnosis{.ran = run_program(words(std::move(flags)), std::move(environment)), .checks = {}};
    boost::json::error_code error;
    const auto printed = boost::json::parse(diagnosis.ran.output, error);
    if (error || !printed.is_array()) return diagnosis;
    for (const auto& check : printed.as_array()) {
      const auto& object = check.as_object();
      diagnosis.checks[std::string(object.at("area").as_string()) + '/' + std::string(object.at("check").as_string())] =
          object;
    }
    return diagnosis;
  }
  std::vector<std::string> words(std::vector<std::string> flags) const {
    std::vector<std::string> all = command_;
    for (const char* word : {"doctor", "--json", "--data-dir"}) all.emplace_back(word);
    all.push_back(data_dir_.string());
    all.insert(all.end(), flags.begin(), flags.end());
    return all;
  }
  void init(std::map<std::string, std::string> environment = {}) const {
    const ProgramRun ran = run_program({program(), "init", "--data-dir", data_dir_.string()}, std::move(environment));
    ASSERT_EQ(ran.code, 0) << ran.error;
  }
  // Pictures in S3 at a server of the test, which answers what is signed with this fault.
  std::map<std::string, std::string> s3_that_says(int status, const std::string& code) {
    service_ = std::make_unique<ScriptedHttpServer>([status, code](const ReceivedRequest& request) {
      if (!request.headers.contains("authorization")) return ScriptedAnswer{.status = 403};
      return ScriptedAnswer{.status = status, .body = "<Error><Code>" + code + "</Code></Error>"};
    });
    return {{"TINTYPE_BLOBS", "s3"},
            {"TINTYPE_S3_ENDPOINT", service_->url()},
            {"TINTYPE_S3_BUCKET", "pictures"},
            {"AWS_ACCESS_KEY_ID", "id"},
            {"AWS_SECRET_ACCESS_KEY", "secret"}};
  }

  TempDirectory directory_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
  std::vector<std::string> command_ = {program()};
  std::unique_ptr<ScriptedHttpServer> service_;
};

TEST_F(DoctorCommand, HealthyInstallationPassesBesideItsServerAndIsLeftAsItWas) {
  ServerProcess server({.data_dir = data_dir_, .flags = {"--sweep-interval", "100ms"}});
  const ApiClient api(server.url(), ServerProcess::token("ann"));
  const auto uploaded = api.upload(as_file(make_jpeg({.width = 120, .height = 90})));
  ASSERT_EQ(uploaded.status, 201) << uploaded.body;

  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 0) << diagnosis.ran.error;
  EXPECT_THAT(diagnosis.in_state("failed"), IsEmpty());
  EXPECT_THAT(diagnosis.in_state("not checked"), IsEmpty());
  EXPECT_EQ(diagnosis.state("blobs/clean-up"), "ok");
  EXPECT_EQ(diagnosis.state("metadata/clean-up"), "ok");
  EXPECT_EQ(diagnosis.state("workers/sandbox"), "ok");

  EXPECT_EQ(api.get("/health").status, 200);
  EXPECT_EQ(api.get("/images/" + json_text(uploaded.body, "imageId")).status, 200);
  EXPECT_EQ(server.stop(), 0);
  const ProgramRun verified =
      run_program({program(), "verify", "--checksums", "--grace", "0s", "--data-dir", data_dir_.string()});
  EXPECT_EQ(verified.code, 0) << verified.error;
  EXPECT_THAT(verified.output, AllOf(HasSubstr("\"blobs\":2,\"records\":1"), HasSubstr("\"unknownFiles\":0")));
}

TEST_F(DoctorCommand, TableShowsWhatIsUsedAndNothingElse) {
  init();
  const ProgramRun ran = run_program({program(), "doctor", "--data-dir", data_dir_.string(), "--engine", "inprocess"});
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_THAT(ran.output, StartsWith("AREA"));
  EXPECT_THAT(ran.output, AllOf(HasSubstr("\nblobs "), HasSubstr("\nmetadata "),
                                HasSubstr(", 0 failed, 0 not checked\n"), Not(HasSubstr("\nworkers "))));
  const bool has_aws = ran.output.find("\naws ") != std::string::npos;
  EXPECT_EQ(has_aws, !stores_are_embedded());
}

TEST_F(DoctorCommand, MissingDataDirectoryIsNotMadeAndTheRestIsChecked) {
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.state("data-dir/directory"), "failed");
  EXPECT_THAT(diagnosis.advice("data-dir/directory"), HasSubstr("tintype init"));
  EXPECT_EQ(diagnosis.state("data-dir/sync"), "not checked");
  EXPECT_EQ(diagnosis.state("workers/start"), "ok");
  EXPECT_EQ(diagnosis.state("blobs/put"), stores_are_embedded() ? "not checked" : "ok");
  EXPECT_FALSE(std::filesystem::exists(data_dir_));
}

TEST_F(DoctorCommand, FileInPlaceOfTheDataDirectoryIsAFailure) {
  std::ofstream(data_dir_) << "x";
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_THAT(diagnosis.text("data-dir/directory", "detail"), HasSubstr("is no directory"));
}

TEST_F(DoctorCommand, DataDirectoryThatCannotBeWrittenIsAFailure) {
  init();
  // Without this capability the mode of a directory holds for root, too.
  if (::geteuid() == 0) command_ = {"/usr/bin/setpriv", "--bounding-set", "-dac_override", program()};
  std::filesystem::permissions(data_dir_, perms::owner_read | perms::owner_exec);
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_THAT(diagnosis.text("data-dir/directory", "detail"), HasSubstr("Permission denied"));
  EXPECT_EQ(diagnosis.state("workers/start"), "ok");
  std::filesystem::permissions(data_dir_, perms::owner_all);
}

TEST_F(DoctorCommand, SecretThatOthersCanReadIsAFailureAndNothingElseIs) {
  init();
  const auto secret = data_dir_ / "jwt_secret";
  std::ofstream(secret) << std::string(43, 's') << '\n';
  std::filesystem::permissions(secret, perms::owner_read | perms::owner_write | perms::others_read);
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_THAT(diagnosis.in_state("failed"), testing::ElementsAre(StartsWith("tokens/secret: ")));
  EXPECT_THAT(diagnosis.advice("tokens/secret"), HasSubstr("chmod 600 " + secret.string()));
  EXPECT_THAT(diagnosis.ran.output, Not(HasSubstr("sssss")));
}

TEST_F(DoctorCommand, DiskThatDoesNotSyncIsAFailure) {
  init();
  const TempDirectory faults;
  std::ofstream(faults.path() / "sync") << EIO << " 1\n";
  const Diagnosis diagnosis = run({{"LD_PRELOAD", FAILING_DISK_LIBRARY}, {"FAILING_DISK", faults.path().string()}});
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_THAT(diagnosis.text("data-dir/sync", "detail"), HasSubstr("Input/output error"));
  EXPECT_EQ(diagnosis.state("blobs/put"), stores_are_embedded() ? "not checked" : "ok");
}

TEST_F(DoctorCommand, KernelWithoutSeccompIsAFailure) {
  init();
  command_ = {WITHOUT_SECCOMP_PROGRAM, program()};
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.state("workers/start"), "ok");
  EXPECT_EQ(diagnosis.state("workers/sandbox"), "failed");
  EXPECT_THAT(diagnosis.advice("workers/sandbox"), HasSubstr("seccomp"));
}

TEST_F(DoctorCommand, MissingWorkerProgramIsAFailure) {
  init();
  std::filesystem::copy_file(program(), directory_.path() / "tintype");
  command_ = {directory_.path() / "tintype"};
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.state("workers/start"), "failed");
  EXPECT_EQ(diagnosis.state("workers/sandbox"), "not checked");
  EXPECT_EQ(diagnosis.state("metadata/clean-up"), "ok");
}

TEST_F(DoctorCommand, WrongSettingsAreAnErrorAndNoDiagnosis) {
  const Diagnosis diagnosis = run({{"TINTYPE_BLOBS", "s3"}, {"TINTYPE_S3_BUCKET", ""}, {"AWS_REGION", "eu-west-1"}});
  EXPECT_EQ(diagnosis.ran.code, 1);
  EXPECT_THAT(diagnosis.ran.output, IsEmpty());
  EXPECT_THAT(diagnosis.ran.error, HasSubstr("TINTYPE_S3_BUCKET"));
}

TEST_F(DoctorCommand, MissingBucketLeavesTheRecordsToBeChecked) {
  init();
  const Diagnosis diagnosis =
      run(stores_are_embedded() ? s3_that_says(404, "NoSuchBucket")
                                : std::map<std::string, std::string>{{"TINTYPE_S3_BUCKET", "tintype-no-bucket"}});
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_THAT(diagnosis.advice("s3/bucket"), StartsWith("`tintype init` makes the bucket"));
  EXPECT_EQ(diagnosis.state("blobs/put"), "not checked");
  EXPECT_EQ(diagnosis.state("metadata/clean-up"), "ok");
}

TEST_F(DoctorCommand, WrongSecretKeyIsNamed) {
  init();
  auto environment =
      stores_are_embedded() ? s3_that_says(403, "SignatureDoesNotMatch") : std::map<std::string, std::string>();
  environment["AWS_SECRET_ACCESS_KEY"] = "none-of-this-store";
  const Diagnosis diagnosis = run(environment);
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.text("aws/credentials", "detail"), "from the environment, no expiry");
  EXPECT_THAT(diagnosis.text("s3/bucket", "detail"), HasSubstr(": 403 "));
  EXPECT_THAT(diagnosis.advice("s3/bucket"), HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(diagnosis.ran.output, Not(HasSubstr("none-of-this-store")));
}

TEST_F(DoctorCommand, MissingTablesLeaveThePicturesToBeChecked) {
  init();
  std::map<std::string, std::string> environment = {{"TINTYPE_DYNAMODB_TABLE_PREFIX", "tintype-none-"}};
  if (stores_are_embedded()) {
    service_ = std::make_unique<ScriptedHttpServer>([](const ReceivedRequest&) {
      return ScriptedAnswer{.status = 400, .body = R"({"__type":"x#ResourceNotFoundException"})"};
    });
    environment.insert({{"TINTYPE_METADATA", "dynamodb"},
                        {"TINTYPE_DYNAMODB_ENDPOINT", service_->url()},
                        {"AWS_ACCESS_KEY_ID", "id"},
                        {"AWS_SECRET_ACCESS_KEY", "secret"}});
  }
  const Diagnosis diagnosis = run(environment);
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.text("dynamodb/tables", "detail"), "there is no table tintype-none-ImageMetadata");
  EXPECT_EQ(diagnosis.state("metadata/write"), "not checked");
  EXPECT_EQ(diagnosis.state("blobs/clean-up"), "ok");
}

TEST_F(DoctorCommand, OlderDatabaseIsNotBroughtUpToDate) {
  const std::map<std::string, std::string> embedded = {{"TINTYPE_BLOBS", "filesystem"}, {"TINTYPE_METADATA", "sqlite"}};
  init(embedded);
  const auto file = data_dir_ / "tintype.db";
  {
    const auto connection = sqlite::Connection::open_read_write(file, std::chrono::seconds(5));
    ASSERT_TRUE(connection && (*connection)->execute("PRAGMA user_version = 1"));
  }
  const Diagnosis diagnosis = run(embedded);
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_THAT(diagnosis.advice("sqlite/schema"), HasSubstr("back up"));
  EXPECT_EQ(diagnosis.state("metadata/write"), "not checked");
  EXPECT_EQ(diagnosis.state("blobs/clean-up"), "ok");
  EXPECT_EQ(sqlite::Inspection::open(file)->schema_version(), 1);
}

TEST_F(DoctorCommand, EndpointWhereNobodyListensIsNamed) {
  init();
  auto environment = s3_that_says(200, "");
  environment["TINTYPE_S3_ENDPOINT"] = "http://127.0.0.1:" + std::to_string(free_port());
  const Diagnosis diagnosis = run(environment);
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.state("s3/endpoint"), "failed");
  EXPECT_THAT(diagnosis.advice("s3/endpoint"), HasSubstr(environment["TINTYPE_S3_ENDPOINT"]));
  EXPECT_EQ(diagnosis.state("s3/bucket"), "not checked");
}

TEST_F(DoctorCommand, RedisWhereNobodyListensIsNamedWithoutItsPassword) {
  init();
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  const Diagnosis diagnosis = run({{"TINTYPE_REDIS_URL", "redis://:hunter2@" + address}});
  EXPECT_EQ(diagnosis.ran.code, 2);
  EXPECT_EQ(diagnosis.text("redis/server", "detail"), "redis://" + address + "/0: Connection refused");
  EXPECT_THAT(diagnosis.advice("redis/server"), HasSubstr("redis-url"));
  EXPECT_EQ(diagnosis.state("redis/invalidation"), "not checked");
  EXPECT_EQ(diagnosis.state("redis/public-url"), "warning");
  EXPECT_EQ(diagnosis.state("metadata/clean-up"), "ok");
  EXPECT_THAT(diagnosis.ran.output + diagnosis.ran.error, Not(HasSubstr("hunter2")));
}

TEST_F(DoctorCommand, RedisIsCheckedIfItIsUsed) {
  if (!std::filesystem::exists("/usr/bin/redis-server")) GTEST_SKIP() << "no redis-server here";
  init();
  const RedisProcess redis;
  const std::map<std::string, std::string> environment = {{"TINTYPE_REDIS_URL", redis.url()},
                                                          {"TINTYPE_PUBLIC_URL", "http://images.example"}};
  const Diagnosis diagnosis = run(environment);
  EXPECT_EQ(diagnosis.ran.code, 0) << diagnosis.ran.output;
  EXPECT_EQ(diagnosis.state("redis/invalidation"), "ok");
  EXPECT_EQ(diagnosis.state("redis/channel"), "ok");
  EXPECT_EQ(run(environment, {"--cache", "none"}).state("redis/server"), "(no such check)");
}

// The signal is there before the first check: pending signals and the mask outlive execve(2).
TEST_F(DoctorCommand, SignalEndsTheRun) {
  init();
  command_ = {"/usr/bin/python3", "-c",
              "import os, signal, sys\n"
              "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\n"
              "os.kill(os.getpid(), signal.SIGINT)\n"
              "os.execv(sys.argv[1], sys.argv[1:])\n",
              program()};
  const Diagnosis diagnosis = run();
  EXPECT_EQ(diagnosis.ran.code, 1);
  EXPECT_EQ(diagnosis.state("machine/memory"), "not checked");
  EXPECT_EQ(diagnosis.text("blobs/clean-up", "detail"), "nothing was put");
}

}  // namespace
}  // namespace tintype
