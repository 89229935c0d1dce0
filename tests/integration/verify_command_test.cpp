// `tintype verify` and `tintype sweep`, on a data directory that a server works on.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStrayId = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

class VerifyCommand : public testing::Test {
 protected:
  std::vector<std::string> words(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program());
    arguments.insert(arguments.end(), {"--data-dir", data_dir_.string()});
    return arguments;
  }
  ProgramRun verify(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), "verify");
    return run_program(words(std::move(flags)));
  }
  // The members of the object that were printed and are not 0.
  static std::map<std::string, double> counts(const ProgramRun& ran) {
    std::map<std::string, double> found;
    boost::json::error_code error;
    const auto printed = boost::json::parse(ran.output, error);
    if (error) return found;
    for (const auto& [name, value] : printed.as_object()) {
      if (const double number = value.to_number<double>(); number != 0) found.emplace(name, number);
    }
    return found;
  }

  std::string upload() {
    const auto answer = api_.upload(as_file(make_jpeg({.width = 120, .height = 90})));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return json_text(answer.body, "imageId");
  }
  std::filesystem::path main_picture(const std::string& id) const {
    return data_dir_ / "blobs" / "images" / "ann" / (id + ".webp");
  }
  std::filesystem::path thumbnail(const std::string& id) const {
    return data_dir_ / "blobs" / "images" / "ann" / "thumbnails" / (id + ".webp");
  }
  std::filesystem::path leave_stray_file() {
    const auto file = main_picture(kStrayId);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "stray";
    return file;
  }

  TempDirectory directory_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
  ServerProcess server_{{.data_dir = data_dir_}};
  ApiClient api_{server_.url(), ServerProcess::token("ann")};
};

TEST_F(VerifyCommand, CleanStorePrintsEveryCountAndEndsWithZero) {
  upload();
  upload();
  const ProgramRun ran = verify({"--checksums", "--grace", "0s"});
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_EQ(ran.output,
            "{\"blobs\":4,\"records\":2,\"orphanedFiles\":0,\"missingFiles\":0,\"corruptFiles\":0,\"unknownFiles\":0,"
            "\"repaired\":0,\"samplePercent\":100}\n");
  EXPECT_THAT(ran.error, IsEmpty()) << "no progress where there is no terminal";
}

TEST_F(VerifyCommand, StrayFileIsFoundAndRepaired) {
  const auto file = leave_stray_file();
  const std::string id = upload();
  EXPECT_EQ(verify().code, 0) << "it is too young";
  const ProgramRun found = verify({"--grace", "0s"});
  EXPECT_EQ(found.code, 2) << found.error;
  EXPECT_EQ(counts(found).at("orphanedFiles"), 1);
  EXPECT_THAT(found.error, AllOf(HasSubstr("\"orphaned\""), HasSubstr(kStrayId)));
  EXPECT_TRUE(std::filesystem::exists(file));

  const ProgramRun repaired = verify({"--repair", "--grace", "0s"});
  EXPECT_EQ(repaired.code, 0) << repaired.error;
  EXPECT_EQ(counts(repaired).at("repaired"), 1);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(counts(verify({"--grace", "0s"})),
            (std::map<std::string, double>{{"blobs", 2}, {"records", 1}, {"samplePercent", 100}}));
  EXPECT_EQ(api_.get("/images/" + id).status, 200);
}

TEST_F(VerifyCommand, FilesOfOthersAreCountedAndLeftAlone) {
  const auto file = data_dir_ / "blobs" / "images" / "note.txt";
  upload();
  std::ofstream(file) << "not ours";
  const ProgramRun ran = verify({"--repair", "--grace", "0s"});
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_EQ(counts(ran).at("unknownFiles"), 1);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(VerifyCommand, RemovedFileIsMissingAndShortenedFileIsCorrupt) {
  std::filesystem::remove(thumbnail(upload()));
  const auto file = main_picture(upload());
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  std::filesystem::resize_file(thumbnail(upload()), 0);
  const ProgramRun ran = verify({"--repair"});
  EXPECT_EQ(ran.code, 2) << ran.error;
  EXPECT_EQ(counts(ran).at("missingFiles"), 1);
  EXPECT_EQ(counts(ran).at("corruptFiles"), 2);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(VerifyCommand, ChangedByteIsFoundOnlyWithChecksums) {
  const auto file = thumbnail(upload());
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(100);
  const char flipped = static_cast<char>(bytes.get() ^ 1);
  bytes.seekp(100);
  bytes.put(flipped);
  bytes.close();
  EXPECT_EQ(verify().code, 0);
  const ProgramRun ran = verify({"--checksums"});
  EXPECT_EQ(ran.code, 2) << ran.error;
  EXPECT_EQ(counts(ran).at("corruptFiles"), 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr("\"corrupt\""), HasSubstr("thumbnails/")));
}

TEST_F(VerifyCommand, SampleIsNamedInTheReport) {
  upload();
  const ProgramRun ran = verify({"--sample", "12.5"});
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_EQ(counts(ran).at("samplePercent"), 12.5);
}

TEST_F(VerifyCommand, DirectoryWithoutAServiceIsAnErrorAndStaysAsItIs) {
  const auto elsewhere = directory_.path() / "elsewhere";
  for (const char* command : {"verify", "sweep"}) {
    const ProgramRun ran = run_program({program(), command, "--data-dir", elsewhere.string()});
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.error, AllOf(HasSubstr(elsewhere.string()), HasSubstr("--data-dir")));
    EXPECT_THAT(ran.output, IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(elsewhere));
  }
}

TEST_F(VerifyCommand, ValuesOutOfBoundsAreRefusedByName) {
  for (const char* percent : {"0", "100.5", "-1", "nan", "many"}) {
    const ProgramRun ran = verify({std::string("--sample=") + percent});
    EXPECT_EQ(ran.code, 1) << percent;
    EXPECT_THAT(ran.error, HasSubstr("--sample"));
  }
  for (const char* duration : {"90", "soon", "-1s"}) {
    const ProgramRun ran = verify({std::string("--grace=") + duration});
    EXPECT_EQ(ran.code, 1) << duration;
    EXPECT_THAT(ran.error, HasSubstr("--grace"));
  }
}

// The signal is there before the first record: pending signals and the mask outlive execve(2).
TEST_F(VerifyCommand, SignalEndsTheRun) {
  upload();
  std::vector<std::string> all = {"/usr/bin/python3", "-c",
                                  "import os, signal, sys\n"
                                  "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\n"
                                  "os.kill(os.getpid(), signal.SIGINT)\n"
                                  "os.execv(sys.argv[1], sys.argv[1:])\n"};
  for (std::string& word : words({"verify"})) all.push_back(std::move(word));
  const ProgramRun ran = run_program(all);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("stopped"));
  EXPECT_THAT(ran.output, IsEmpty());
}

TEST_F(VerifyCommand, SweepPrintsWhatItDid) {
  upload();
  const ProgramRun ran = run_program(words({"sweep"}));
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_EQ(ran.output, "{\"expired\":0,\"forgotten\":0,\"deleted\":0,\"postponed\":0,\"unfinished\":0}\n");
}

}  // namespace
}  // namespace tintype
