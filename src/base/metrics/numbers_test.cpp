#include "base/metrics/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics/emf.h"
#include "base/metrics/numbers_json.h"

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr UnixTime kNow{std::chrono::milliseconds(1'700'000'000'123)};

class NumbersOfATable : public testing::Test {
 protected:
  NumbersTable table() {
    NumbersTable table;
    table.latencies.push_back({"latency", {"Latency", "Stage", "dev"}, &latency_});
    table.counts.push_back({"count", {"Starts", "FunctionName", "pool"}, [this] { return count_; }});
    table.counts.push_back({"inner", {}, [this] { return count_; }});
    const auto share = [this](const char* name, const char* type) {
      return ShareNumber{name, {"Rate", "CacheType", type}, [this] { return hits_; }, [this] { return lookups_; }};
    };
    table.shares = {share("memory", "Memory"), share("redis", "Redis")};
    table.levels.push_back({"level", {"Level", "Stage", "dev"}, [this] { return level_; }});
    return table;
  }
  void end_slot() {
    latency_.next_slot();
    numbers_.end_slot(kNow);
  }
  std::vector<std::string> documents() { return emf_documents(numbers_.table(), numbers_.past(6), kNow); }

  Distribution latency_;
  double count_ = 0;
  double hits_ = 0;
  double lookups_ = 0;
  std::optional<double> level_;
  Numbers numbers_{table()};
};

TEST_F(NumbersOfATable, RecentIsWhatHappenedInTheWindow) {
  count_ = 3;
  end_slot();
  count_ = 5;
  EXPECT_THAT(numbers_.recent().counts, ElementsAre(5, 5));
  EXPECT_THAT(numbers_.recent(1).counts, ElementsAre(2, 2)) << "the current slot";
  EXPECT_THAT(numbers_.past(6).counts, ElementsAre(3, 3)) << "without the current slot";
  for (int slot = 1; slot < Distribution::kSlots; ++slot) end_slot();
  EXPECT_THAT(numbers_.recent().counts, ElementsAre(2, 2)) << "the first slot is five minutes old";
  end_slot();
  EXPECT_THAT(numbers_.recent().counts, ElementsAre(0, 0));
}

TEST_F(NumbersOfATable, ShareOfNothingIsNotKnown) {
  EXPECT_EQ(numbers_.recent().shares[0], std::nullopt);
  lookups_ = 4;
  hits_ = 1;
  EXPECT_EQ(numbers_.recent().shares[0], 0.25);
}

TEST_F(NumbersOfATable, HistoryIsAnHourOfSlots) {
  for (std::size_t slot = 0; slot < Numbers::kHistory + 5; ++slot) {
    ++count_;
    latency_.observe(0.5);
    end_slot();
  }
  const auto history = numbers_.history();
  ASSERT_THAT(history, SizeIs(Numbers::kHistory));
  for (const NumbersPoint& point : history) {
    EXPECT_THAT(point.counts, ElementsAre(1, 1));
    EXPECT_EQ(point.latencies[0].count, 1U);
    EXPECT_NEAR(point.latencies[0].p99, 0.5, 0.005);
  }
}

TEST_F(NumbersOfATable, JsonHasNullForWhatIsNotKnown) {
  EXPECT_EQ(numbers_json(numbers_.table(), summarised(numbers_.recent(), kNow)),
            R"({"at":"2023-11-14T22:13:20.123Z","latency":null,"count":0,"inner":0,"memory":null,"redis":null,)"
            R"("level":null})");
}

TEST_F(NumbersOfATable, NothingThatHappenedIsNoDocument) {
  end_slot();
  EXPECT_THAT(documents(), IsEmpty());
}

TEST_F(NumbersOfATable, DocumentHasOnlyWhatHappened) {
  count_ = 2;
  end_slot();
  EXPECT_THAT(documents(), ElementsAre(R"({"_aws":{"Timestamp":1700000000123,"CloudWatchMetrics":[)"
                                       R"({"Namespace":"ImageService","Dimensions":[["FunctionName"]],"Metrics":[)"
                                       R"({"Name":"Starts","Unit":"Count"}]}]},"FunctionName":"pool","Starts":2})"));
}

TEST_F(NumbersOfATable, SameMetricOfAnotherDimensionIsAnotherDocument) {
  lookups_ = 4;
  hits_ = 1;
  level_ = 0;
  end_slot();
  const auto texts = documents();
  ASSERT_THAT(texts, SizeIs(2));
  EXPECT_THAT(texts[0], HasSubstr(R"("CacheType":"Memory","Stage":"dev","Rate":25,"Level":0)"));
  EXPECT_THAT(texts[1], HasSubstr(R"("CacheType":"Redis","Rate":25)"));
  EXPECT_THAT(texts[1], Not(HasSubstr("Level")));
}

TEST_F(NumbersOfATable, LatenciesAreInMillisecondsAndNoMoreThanAHundred) {
  const auto commas = [](const std::string& text) {
    const std::size_t array = text.find("\"Latency\":[");
    return std::count(text.begin() + static_cast<std::ptrdiff_t>(array), text.end(), ',');
  };
  for (int i = 0; i < 3; ++i) latency_.observe(0.5);
  end_slot();
  EXPECT_EQ(commas(documents()[0]), 2);
  EXPECT_THAT(documents()[0], HasSubstr("\"Latency\":[50"));
  for (int i = 0; i < 1000; ++i) latency_.observe(0.5);
  end_slot();
  EXPECT_EQ(commas(documents()[0]), 99);
}

}  // namespace
}  // namespace tintype
