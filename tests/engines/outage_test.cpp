// S3 or DynamoDB gone for a while under load, refusing or silent: clear answers in time, no pile-up, a quick recovery.
#include "tests/engines/scale_fixture.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;

constexpr auto kOutage = 30s;
constexpr int kClients = 8;
constexpr auto kRequestTimeout = 5s;
constexpr auto kSlack = 1s;  // the client shares two cores with what it waits for
constexpr auto kRecovery = 2s;

struct Fault {
  const char* name;
  const char* control;  // the variable that says where the proxy takes orders
  const char* begin;    // the order
};

class Outage : public ScaleFixture, public testing::WithParamInterface<Fault> {
 protected:
  static void order(const std::string& settings) {
    const auto answer =
        send({.method = "POST", .url = std::getenv(GetParam().control) + std::string("/settings"), .body = settings});
    ASSERT_EQ(answer.status, 200) << answer.body << answer.transport_error;
  }
  void TearDown() override { order(R"({"refuse":false,"hangBefore":0})"); }

  static int threads_of(const ServerProcess& server) {
    return std::atoi(status_field(const_cast<ServerProcess&>(server).process().pid(), "Threads").c_str());
  }
};

TEST_P(Outage, IsAnsweredInTimeAndRecoveredFrom) {
  const auto server = std::make_unique<ServerProcess>(
      ServerProcess::Options{.data_dir = directory_.path() / "replica",
                             .flags = {"--upload-lease", "3s", "--sweep-interval", "100ms", "--verify-interval", "0s",
                                       "--request-timeout", "5s"},
                             .environment = stores_under_test(shared_)});
  const ApiClient api = client_of(*server);
  StorageLoad load(api, kClients, true);
  ASSERT_TRUE(eventually([&] { return load.stored() >= 20; }));
  const int threads = threads_of(*server);

  order(GetParam().begin);
  const auto until = std::chrono::steady_clock::now() + kOutage;
  int most_threads = 0;
  while (std::chrono::steady_clock::now() < until) {
    most_threads = std::max(most_threads, threads_of(*server));
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_GT(load.refused(), 0) << "the outage was not noticed";
  EXPECT_LE(load.slowest(), kRequestTimeout + kSlack);
  // An executor starts its threads when they are needed: for each client one that uploads and one that puts.
  EXPECT_LE(most_threads, threads + 2 * kClients) << "threads pile up";

  const int stored = load.stored();
  order(R"({"refuse":false,"hangBefore":0})");
  const auto mended = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] { return load.stored() > stored; }));
  const std::chrono::duration<double> recovery = std::chrono::steady_clock::now() - mended;
  EXPECT_LE(recovery, kRecovery);
  ASSERT_TRUE(eventually([&] { return load.stored() >= stored + 20; }));
  std::printf("%s: %d refused, slowest answer %.1f s, %d threads before and %d at most, first 201 after %.2f s\n",
              GetParam().name, load.refused(), static_cast<double>(load.slowest().count()) / 1000, threads,
              most_threads, recovery.count());
  expect_one_image_each(api, load.stop(), kRefusedSentAgain);
  EXPECT_EQ(server->stop(), 0);
  expect_clean();
}

INSTANTIATE_TEST_SUITE_P(Engines, Outage,
                         testing::Values(Fault{"S3Refuses", "S3_TEST_FAULTS", R"({"refuse":true})"},
                                         Fault{"S3Hangs", "S3_TEST_FAULTS", R"({"hangBefore":1})"},
                                         Fault{"DynamoDbRefuses", "DYNAMODB_TEST_FAULTS", R"({"refuse":true})"},
                                         Fault{"DynamoDbHangs", "DYNAMODB_TEST_FAULTS", R"({"hangBefore":1})"}),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Kept connections are used again: 16 clients need no more than a small pool of them, however many uploads there are.
TEST_F(ScaleFixture, ConnectionsAreFewHoweverManyUploads) {
  const char* const wanted = std::getenv("ENGINE_TEST_UPLOADS");
  const int uploads = wanted != nullptr ? std::atoi(wanted) : 200;
  const auto server = start_replica("replica");
  const ApiClient api = client_of(*server);
  StorageLoad load(api, 16);
  ASSERT_TRUE(eventually([&] { return load.stored() >= uploads; }, 10min));
  EXPECT_EQ(load.refused(), 0);
  (void)load.stop();
  const double opened = metric_value(api, "tintype_aws_connections_opened");
  std::printf("%d uploads by 16 clients: %.0f connections to S3 and DynamoDB\n", load.stored(), opened);
  EXPECT_GT(opened, 0);
  EXPECT_LE(opened, 40);
  EXPECT_EQ(server->stop(), 0);
}

}  // namespace
}  // namespace tintype::testing_support
