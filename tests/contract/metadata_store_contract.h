#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "ports/derivation_store.h"
#include "ports/event_log.h"
#include "ports/metadata_store.h"
#include "tests/support/record_maker.h"
#include "tests/support/stored_record.h"

namespace tintype::testing_support {

// A store with its three sides, and what it needs to live.
class MetadataStoreUnderTest {
 public:
  virtual ~MetadataStoreUnderTest() = default;
  virtual MetadataStore& store() = 0;
  virtual DerivationStore& derivations() = 0;
  virtual EventLog& events() = 0;
};

struct MetadataStoreAdapter {
  std::string name;
  std::function<std::unique_ptr<MetadataStoreUnderTest>()> make;         // a new, empty store, with announce_events
  std::function<std::unique_ptr<MetadataStoreUnderTest>()> make_silent;  // one without

  friend std::ostream& operator<<(std::ostream& out, const MetadataStoreAdapter& adapter) {
    return out << adapter.name;
  }
};

// All that there are; each suite runs with each.
std::vector<MetadataStoreAdapter> metadata_store_adapters();

inline Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}
inline Deadline past() {
  return Deadline::after(std::chrono::seconds(-1));
}

template <typename Value>
std::optional<ErrorCode> code_of(const Result<Value>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

inline std::vector<std::string> ids_of(const std::vector<ImageRecord>& records) {
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const ImageRecord& record : records) ids.push_back(record.image_id.text());
  return ids;
}

inline void run_at_once(int threads, const std::function<void(int)>& body) {
  std::vector<std::thread> running;
  running.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) running.emplace_back(body, i);
  for (std::thread& thread : running) thread.join();
}

class MetadataStoreContract : public testing::TestWithParam<MetadataStoreAdapter> {
 protected:
  MetadataStore& store() { return under_test_->store(); }
  DerivationStore& derivations() { return under_test_->derivations(); }
  EventLog& events() { return under_test_->events(); }

  ImageRecord inserted(ImageRecord record) {
    EXPECT_EQ(code_of(add_record(store(), record, soon())), std::nullopt);
    return record;
  }
  std::string described(const ImageId& id) {
    const auto found = store().find(id, soon());
    return found ? describe(*found) : to_string(found.error());
  }
  ListPage list(const ListQuery& query) { return store().list(query, soon()).value(); }
  // All pages of `query`, read with its limit; no test has so many images that they would not fit the bound.
  std::vector<std::string> ids_of_all(ListQuery query) {
    std::vector<std::string> ids;
    do {
      const ListPage page = list(query);
      EXPECT_LE(page.images.size(), static_cast<std::size_t>(query.limit));
      EXPECT_TRUE(!page.next || !page.images.empty());
      for (const ImageRecord& record : page.images) ids.push_back(record.image_id.text());
      query.after = page.next;
    } while (query.after && ids.size() < 1000);
    return ids;
  }
  // What has become of the image, in order.
  std::vector<ImageEvent> events_of(const ImageRecord& record) {
    std::vector<ImageEvent> all = events().events_after(record.user_id, "", 1000, soon()).value();
    std::erase_if(all, [&](const ImageEvent& event) { return event.image_id != record.image_id; });
    return all;
  }
  // All deletions, those that are not due yet too.
  std::vector<Deletion> journal() { return store().due_deletions(UnixTime::max(), 1000, soon()).value(); }

  RecordMaker maker_{"ann"};
  const UnixTime now_{std::chrono::milliseconds(1'790'000'000'123)};

 private:
  const std::unique_ptr<MetadataStoreUnderTest> under_test_ = GetParam().make();
};

}  // namespace tintype::testing_support
