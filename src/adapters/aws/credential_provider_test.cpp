#include "adapters/aws/credential_provider.h"

#include <gmock/gmock.h>

#include <fstream>
#include <future>
#include <thread>

#include "adapters/aws/local_credentials.h"
#include "tests/support/fake_clock.h"
#include "tests/support/process_tree.h"
#include "tests/support/temp_directory.h"

namespace tintype::aws {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing_support::eventually;
using testing_support::FakeClock;
using testing_support::TempDirectory;

Deadline soon() {
  return Deadline::after(20s);
}

// Gives what it is told to, and counts.
class FakeSource final : public CredentialSource {
 public:
  explicit FakeSource(std::function<Result<std::optional<Credentials>>()> give) : give_(std::move(give)) {}
  std::string_view name() const override { return "a test"; }
  Result<std::optional<Credentials>> fetch(Deadline /*deadline*/) override { return give_(); }

 private:
  std::function<Result<std::optional<Credentials>>()> give_;
};

class CredentialProviderTest : public testing::Test {
 protected:
  CredentialProvider provider(std::function<Result<std::optional<Credentials>>()> give) {
    std::vector<std::unique_ptr<CredentialSource>> sources;
    sources.push_back(std::make_unique<FakeSource>(std::move(give)));
    return {std::move(sources), clock_};
  }
  Credentials for_an_hour(const std::string& id) { return {id, "secret", "token", clock_.now() + 1h}; }
  Result<std::optional<Credentials>> numbered() { return std::optional(for_an_hour(std::to_string(++fetched_))); }

  FakeClock clock_;
  std::atomic<int> fetched_ = 0;
};

TEST_F(CredentialProviderTest, CredentialsAreKeptUntilShortlyBeforeTheyExpire) {
  auto keys = provider([&] { return numbered(); });
  EXPECT_EQ(keys.get(soon())->access_key_id, "1");
  clock_.advance(54min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "1");
  clock_.advance(2min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "2");
}

TEST_F(CredentialProviderTest, SourceOfTheCredentialsIsNamed) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::make_unique<EnvironmentCredentials>(Environment()));
  sources.push_back(std::make_unique<FakeSource>([this] { return numbered(); }));
  CredentialProvider keys(std::move(sources), clock_);
  EXPECT_EQ(keys.source(), "");
  ASSERT_TRUE(keys.get(soon()));
  EXPECT_EQ(keys.source(), "a test");
}

TEST_F(CredentialProviderTest, RefreshThatFailsLeavesTheOldOnesWhileTheyAreValid) {
  bool broken = false;
  auto keys = provider([&]() -> Result<std::optional<Credentials>> {
    ++fetched_;
    if (broken) return fail(ErrorCode::StoreUnavailable, "down");
    return std::optional(for_an_hour("old"));
  });
  ASSERT_TRUE(keys.get(soon()));
  broken = true;
  clock_.advance(56min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "old");
  EXPECT_EQ(keys.get(soon())->access_key_id, "old");
  EXPECT_EQ(fetched_, 2) << "not asked again at once";
  clock_.advance(5min);
  EXPECT_FALSE(keys.get(soon()));
}

TEST_F(CredentialProviderTest, WhileOneRefreshesTheOthersGoOnWithTheOldOnes) {
  std::promise<void> go_on;
  auto keys = provider([&]() -> Result<std::optional<Credentials>> {
    if (++fetched_ == 2) go_on.get_future().wait();
    return std::optional(for_an_hour(std::to_string(fetched_)));
  });
  ASSERT_TRUE(keys.get(soon()));
  clock_.advance(56min);
  std::thread refreshing([&] { EXPECT_EQ(keys.get(soon())->access_key_id, "2"); });
  EXPECT_TRUE(eventually([&] { return fetched_ == 2; }));
  EXPECT_EQ(keys.get(soon())->access_key_id, "1");
  go_on.set_value();
  refreshing.join();
}

TEST_F(CredentialProviderTest, WithoutAnyTheOthersWaitForOneFetch) {
  std::promise<void> go_on;
  auto keys = provider([&]() -> Result<std::optional<Credentials>> {
    ++fetched_;
    go_on.get_future().wait();
    return std::optional(for_an_hour("only"));
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] { EXPECT_EQ(keys.get(soon())->access_key_id, "only"); });
  }
  EXPECT_TRUE(eventually([&] { return fetched_ == 1; }));
  EXPECT_EQ(keys.get(Deadline::after(1ms)).error().code, ErrorCode::DeadlineExceeded);
  go_on.set_value();
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(fetched_, 1);
}

TEST_F(CredentialProviderTest, RefusedOnesAreFetchedAgainUnlessTheyWereReplaced) {
  auto keys = provider([&] { return numbered(); });
  const Credentials first = *keys.get(soon());
  keys.refused(first);
  EXPECT_EQ(keys.get(soon())->access_key_id, "2");
  keys.refused(first);
  EXPECT_EQ(keys.get(soon())->access_key_id, "2");
}

TEST_F(CredentialProviderTest, NoneAnywhereNamesThePlaces) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::make_unique<EnvironmentCredentials>(Environment()));
  sources.push_back(std::make_unique<SharedFileCredentials>(Environment({{"HOME", "/nowhere"}})));
  CredentialProvider keys(std::move(sources), clock_);
  const auto none = keys.get(soon());
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().detail, HasSubstr("the environment, the shared files"));
}

TEST(LocalCredentials, EnvironmentNeedsBothParts) {
  EXPECT_FALSE(EnvironmentCredentials(Environment({{"AWS_ACCESS_KEY_ID", "id"}})).fetch(soon())->has_value());
  const Environment whole(
      {{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "secret"}, {"AWS_SESSION_TOKEN", "token"}});
  EXPECT_EQ(EnvironmentCredentials(whole).fetch(soon())->value(), (Credentials{"id", "secret", "token"}));
}

TEST(LocalCredentials, ProfileIsFoundInTheSharedFiles) {
  const TempDirectory home;
  std::filesystem::create_directory(home.path() / ".aws");
  std::ofstream(home.path() / ".aws" / "credentials")
      << "# mine\n[default]\naws_access_key_id = id1\r\naws_secret_access_key=a=b\n\n[other]\naws_access_key_id = "
         "half\n";
  std::ofstream(home.path() / ".aws" / "config")
      << "[default]\nregion = eu-west-1\ns3 =\n  region = nested\n[profile other]\naws_access_key_id=id2\n"
         "aws_secret_access_key = s2\naws_session_token = t2\nregion=eu-west-2\n";
  std::map<std::string, std::string, std::less<>> variables = {{"HOME", home.path().string()}};
  EXPECT_EQ(SharedFileCredentials(Environment(variables)).fetch(soon())->value(), (Credentials{"id1", "a=b"}));
  EXPECT_EQ(default_region(Environment(variables)), "eu-west-1");
  variables["AWS_PROFILE"] = "other";
  EXPECT_EQ(SharedFileCredentials(Environment(variables)).fetch(soon())->value(), (Credentials{"id2", "s2", "t2"}));
  EXPECT_EQ(default_region(Environment(variables)), "eu-west-2");
  variables["AWS_REGION"] = "us-east-1";
  EXPECT_EQ(default_region(Environment(variables)), "us-east-1");
  variables["AWS_PROFILE"] = "none";
  EXPECT_FALSE(SharedFileCredentials(Environment(variables)).fetch(soon())->has_value());
}

}  // namespace
}  // namespace tintype::aws
