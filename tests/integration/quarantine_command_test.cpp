// `tintype quarantine`, on a list that the adapter of the server has filled.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "adapters/quarantine_sqlite/sqlite_quarantine_store.h"
#include "tests/integration/program_run.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string hash(char digit) {
  return std::string(64, digit);
}
UnixTime now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

class QuarantineCommand : public testing::Test {
 protected:
  QuarantineCommand() { std::filesystem::create_directory(data_dir_); }

  ProgramRun run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {program(), "quarantine", "--data-dir", data_dir_.string()});
    return run_program(arguments);
  }
  // A member of every entry that `tintype quarantine --json` printed.
  static std::vector<std::string> values(const ProgramRun& ran, const char* member) {
    std::vector<std::string> found;
    const auto entries = boost::json::parse(ran.output);
    for (const auto& entry : entries.as_array()) found.emplace_back(entry.at(member).as_string());
    return found;
  }

  std::unique_ptr<SqliteQuarantineStore> open() const { return SqliteQuarantineStore::open(file_).value(); }
  QuarantineEntry strike(char digit, UnixTime at = now(), std::chrono::milliseconds lasts = 1h) const {
    return open()->add_strike(hash(digit), "signal 11", at, at + lasts, Deadline::after(20s)).value();
  }

  TempDirectory directory_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
  const std::filesystem::path file_ = data_dir_ / "quarantine.db";
};

TEST_F(QuarantineCommand, TableShowsWatchedAndQuarantinedContents) {
  strike('a', now() - 2s);
  const QuarantineEntry watched = strike('b', now() - 1s);
  const QuarantineEntry quarantined = strike('a');
  const ProgramRun ran = run({});
  EXPECT_EQ(ran.code, 0) << ran.error;
  const auto line = [](const QuarantineEntry& entry, const std::string& strikes_and_state) {
    return entry.content_sha256 + " +" + strikes_and_state + " +signal 11 +" + to_rfc3339(entry.last_strike) + " +" +
           to_rfc3339(entry.expires) + "\n";
  };
  EXPECT_THAT(ran.output, ContainsRegex("^SHA256 +STRIKES +STATE +REASON +LAST STRIKE +EXPIRES\n" +
                                        line(quarantined, "2 +quarantined") + line(watched, "1 +watched") + "$"));
}

TEST_F(QuarantineCommand, JsonHasEveryMember) {
  strike('b', now() - 1s);
  strike('a');
  const QuarantineEntry entry = strike('a');
  const ProgramRun ran = run({"--json"});
  EXPECT_EQ(ran.code, 0) << ran.error;
  const boost::json::value expected = {{"sha256", hash('a')},
                                       {"strikes", 2},
                                       {"state", "quarantined"},
                                       {"reason", "signal 11"},
                                       {"lastStrike", to_rfc3339(entry.last_strike)},
                                       {"expires", to_rfc3339(entry.expires)}};
  EXPECT_EQ(boost::json::parse(ran.output).as_array().at(0), expected);
  EXPECT_THAT(values(ran, "state"), ElementsAre("quarantined", "watched"));
}

TEST_F(QuarantineCommand, LimitKeepsTheNewest) {
  strike('a', now() - 1s);
  strike('b');
  const ProgramRun ran = run({"--json", "--limit", "1"});
  EXPECT_THAT(values(ran, "sha256"), ElementsAre(hash('b')));
}

TEST_F(QuarantineCommand, ExpiredEntryIsNotShown) {
  strike('a', now() - 2h);
  EXPECT_EQ(run({"--json"}).output, "[]\n");
}

TEST_F(QuarantineCommand, MissingFileIsAnEmptyListAndIsNotMade) {
  const ProgramRun table = run({});
  EXPECT_EQ(table.code, 0) << table.error;
  EXPECT_THAT(table.output, Not(HasSubstr("watched")));
  EXPECT_EQ(run({"--json"}).output, "[]\n");
  EXPECT_EQ(run({"--forget", hash('a')}).code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(data_dir_));
  std::filesystem::remove(data_dir_);
  EXPECT_EQ(run({"--json"}).output, "[]\n");
  EXPECT_FALSE(std::filesystem::exists(data_dir_));
}

TEST_F(QuarantineCommand, ForgetTakesOneOffAndASecondTimeSaysItIsNotThere) {
  strike('a');
  strike('b');
  const ProgramRun first = run({"--forget", std::string(64, 'A')});  // as other programs may print it
  EXPECT_EQ(first.code, 0) << first.error;
  EXPECT_THAT(values(run({"--json"}), "sha256"), ElementsAre(hash('b')));
  const ProgramRun second = run({"--forget", hash('a')});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.error, AllOf(HasSubstr(hash('a')), HasSubstr("not on the quarantine list")));
}

TEST_F(QuarantineCommand, WhatIsNoHashOrNoLimitIsRefused) {
  const ProgramRun ran = run({"--forget", "abc"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("64 hexadecimal digits"));
  EXPECT_EQ(run({"--limit", "0"}).code, 1);
  EXPECT_EQ(run({"--forget", hash('a'), "--json"}).code, 1);
}

TEST_F(QuarantineCommand, DamagedFileIsNamedAndEndsWithOne) {
  strike('a');
  std::filesystem::resize_file(file_, 0);
  std::filesystem::resize_file(file_, 8192);
  const ProgramRun ran = run({});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr(file_.string()));
  EXPECT_THAT(ran.output, IsEmpty());
}

TEST_F(QuarantineCommand, WorksWhileAServerRunsOnTheSameDataDirectory) {
  ServerProcess server({.data_dir = data_dir_});
  const auto store = open();  // as the server keeps it open
  ASSERT_TRUE(store->add_strike(hash('a'), "deadline", now(), now() + 1h, Deadline::after(20s)));
  EXPECT_THAT(values(run({"--json"}), "sha256"), ElementsAre(hash('a')));
  EXPECT_EQ(run({"--forget", hash('a')}).code, 0);
  EXPECT_FALSE(store->find(hash('a'), now(), Deadline::after(20s)).value());
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace tintype
