// More than the machine can do: every answer is a picture or a 503, and memory stays where it was promised.
#include <gmock/gmock.h>

#include <thread>

#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;

class Overload : public SharedServer<Overload> {
 public:
  static std::vector<std::string> flags() { return {"--memory-budget", "512MiB", "--max-concurrent-uploads", "16"}; }
};

struct Tally {
  std::mutex mutex;
  std::map<int, int> by_status;
  std::vector<std::string> stored;
  bool every_503_says_when_to_retry = true;
};

void upload_and_count(const ApiClient& api, const std::string& file, Tally& tally) {
  const auto answer = api.upload(file);
  const std::lock_guard lock(tally.mutex);
  ++tally.by_status[answer.status];
  if (answer.status == 201) tally.stored.push_back(json_text(answer.body, "imageId"));
  if (answer.status == 503 && (!answer.headers.contains("retry-after") || error_code(answer) != "OVERLOADED"))
    tally.every_503_says_when_to_retry = false;
}

TEST_F(Overload, HundredConcurrentUploadsAreStoredOrRefusedAndMemoryIsBounded) {
  const std::string file = as_file(make_jpeg({.width = 4000, .height = 3000, .pattern = Pattern::Gradient}));
  Tally tally;
  std::vector<std::thread> clients;
  for (int i = 0; i < 100; ++i) clients.emplace_back([&] { upload_and_count(api_, file, tally); });
  for (auto& thread : clients) thread.join();

  EXPECT_EQ(tally.by_status[201] + tally.by_status[503], 100);
  EXPECT_GE(tally.by_status[201], 16);
  EXPECT_TRUE(tally.every_503_says_when_to_retry);
  for (const auto& id : tally.stored) EXPECT_EQ(api_.get("/images/" + id).status, 200);
#if !defined(__has_feature) || !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
  constexpr long kMostKib = 900L * 1024;
  EXPECT_LT(peak_resident_kib_of_family(server_->process().pid()), kMostKib);
#endif
}

TEST_F(Overload, ReadsAreAnsweredWhileUploadsFillTheMachine) {
  const std::string id = upload(api_);
  const std::string file = as_file(make_jpeg({.width = 4000, .height = 3000, .pattern = Pattern::Gradient}));
  Tally tally;
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) clients.emplace_back([&] { upload_and_count(api_, file, tally); });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(api_.get("/images/" + id).status, 200);
  for (auto& thread : clients) thread.join();
}

}  // namespace
}  // namespace tintype
