// What every EventBus must do.
#include "tests/contract/event_bus_contract.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "tests/support/process_tree.h"
#include "tests/support/record_maker.h"

namespace tintype::testing_support {
namespace {

// Keeps the images that were heard of, as "USER IMAGE".
class Heard {
 public:
  void listen_to(EventBus& bus) {
    bus.listen([this](const UserId& user, const ImageId& image) {
      const std::lock_guard lock(mutex_);
      all_.insert(user.text() + ' ' + image.text());
    });
  }
  bool has(const UserId& user, const ImageId& image) const {
    const std::lock_guard lock(mutex_);
    return all_.contains(user.text() + ' ' + image.text());
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> all_;  // guarded by mutex_
};

TEST_P(EventBusContract, PublisherHearsItself) {
  Heard heard;
  heard.listen_to(bus());
  RecordMaker maker("a b \xc3\xab");
  const ImageId image = maker.next_id();
  bus().publish(maker.owner(), image);
  EXPECT_TRUE(eventually([&] { return heard.has(maker.owner(), image); }));
  bus().listen(nullptr);
}

TEST_P(EventBusContract, OthersHearWhatIsPublished) {
  if (replica() == nullptr) return;  // it reaches its own process only
  Heard heard;
  heard.listen_to(*replica());
  RecordMaker maker("a b \xc3\xab");
  const ImageId image = maker.next_id();
  EXPECT_TRUE(eventually([&] {
    bus().publish(maker.owner(), image);  // again: a hint may be lost
    return heard.has(maker.owner(), image);
  }));
  replica()->listen(nullptr);
}

TEST_P(EventBusContract, PublishingWithoutListenersIsNothing) {
  RecordMaker maker;
  bus().publish(maker.owner(), maker.next_id());
}

TEST_P(EventBusContract, NobodyIsCalledAfterListeningHasEnded) {
  RecordMaker maker;
  const ImageId image = maker.next_id();
  std::atomic<bool> stop = false;
  std::thread publisher([&] {
    while (!stop) bus().publish(maker.owner(), image);
  });
  for (int i = 0; i < 20; ++i) {
    auto calls = std::make_unique<std::atomic<int>>(0);
    bus().listen([&calls](const UserId&, const ImageId&) { ++*calls; });
    EXPECT_TRUE(eventually([&] { return *calls > 0; }));
    bus().listen(nullptr);
    calls.reset();  // a late call would be found by a sanitizer, or crash
  }
  stop = true;
  publisher.join();
}

}  // namespace
}  // namespace tintype::testing_support
