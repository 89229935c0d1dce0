#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <limits>
#include <regex>
#include <thread>

#include "base/unique_fd.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

class LogTest : public testing::Test {
 protected:
  Logger logger(LogLevel level = LogLevel::Debug) const { return {level, fd_.get()}; }

  std::vector<std::string> lines() const {
    std::ifstream file(path_);
    std::vector<std::string> found;
    for (std::string line; std::getline(file, line);) found.push_back(line);
    return found;
  }
  boost::json::object only_line() const {
    EXPECT_EQ(lines().size(), 1u);
    return boost::json::parse(lines().at(0)).as_object();
  }

  testing_support::TempDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "log";
  const UniqueFd fd_{::open(path_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)};
};

TEST_F(LogTest, LineIsAJsonObjectWithTimeLevelAndMessage) {
  logger().info("started");
  const auto line = only_line();
  EXPECT_EQ(line.size(), 3u);
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("msg"), "started");
  const std::string time(line.at("time").as_string());
  EXPECT_TRUE(std::regex_match(time, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"))) << time;
}

TEST_F(LogTest, FieldsKeepTheirTypes) {
  const std::string text = "s";
  logger().warn(
      "m",
      {{"literal", "l"}, {"string", text}, {"int", -7}, {"size", std::size_t{8}}, {"double", 0.5}, {"bool", true}});
  const auto line = only_line();
  EXPECT_EQ(line.at("literal"), "l");
  EXPECT_EQ(line.at("string"), "s");
  EXPECT_EQ(line.at("int"), -7);
  EXPECT_EQ(line.at("size"), 8);
  EXPECT_EQ(line.at("double"), 0.5);
  EXPECT_EQ(line.at("bool"), true);
}

TEST_F(LogTest, HostileTextStaysOneLineOfValidJson) {
  const std::string hostile("\"}\n{\"level\":\"error\"\r\x00\x1b[31m\\", 27);
  logger().info(hostile, {{hostile, hostile}});
  const auto line = only_line();
  EXPECT_EQ(line.at("msg").as_string(), hostile);
  EXPECT_EQ(line.at(hostile).as_string(), hostile);
}

TEST_F(LogTest, BytesThatAreNotUtf8AreReplaced) {
  logger().info("a\xFFz");
  EXPECT_EQ(only_line().at("msg"), "a\xEF\xBF\xBDz");
}

TEST_F(LogTest, NumberThatJsonCannotWriteIsNull) {
  logger().info("m", {{"ratio", std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_TRUE(only_line().at("ratio").is_null());
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  const Logger log = logger(LogLevel::Warn);
  log.debug("d");
  log.info("i");
  log.warn("w");
  log.error("e");
  ASSERT_EQ(lines().size(), 2u);
  EXPECT_EQ(boost::json::parse(lines()[0]).at("level"), "warn");
  EXPECT_EQ(boost::json::parse(lines()[1]).at("level"), "error");
  EXPECT_FALSE(log.enabled(LogLevel::Info));
  EXPECT_TRUE(log.enabled(LogLevel::Error));
}

TEST_F(LogTest, LinesOfThreadsAreNotTorn) {
  const Logger log = logger();
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&, text = std::string(3000, static_cast<char>('a' + i))] {
        for (int line = 0; line < 50; ++line) log.info(text);
      });
    }
  }
  ASSERT_EQ(lines().size(), 200u);
  for (const auto& line : lines()) EXPECT_EQ(boost::json::parse(line).at("msg").as_string().size(), 3000u);
}

TEST_F(LogTest, LogThatCannotBeWrittenIsIgnored) {
  Logger(LogLevel::Debug, -1).error("nobody reads this");
}

}  // namespace
}  // namespace tintype
