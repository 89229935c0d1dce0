#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ports/quarantine_store.h"

namespace tintype::testing_support {

// A store and what it needs to live.
class QuarantineStoreUnderTest {
 public:
  virtual ~QuarantineStoreUnderTest() = default;
  virtual QuarantineStore& store() = 0;
};

struct QuarantineStoreAdapter {
  std::string name;
  std::function<std::unique_ptr<QuarantineStoreUnderTest>()> make;  // a new, empty store

  friend std::ostream& operator<<(std::ostream& out, const QuarantineStoreAdapter& adapter) {
    return out << adapter.name;
  }
};

class QuarantineStoreContract : public testing::TestWithParam<QuarantineStoreAdapter> {
 protected:
  static constexpr std::chrono::hours kDay{24};

  static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }
  static Deadline passed() { return Deadline::after(std::chrono::seconds(-1)); }
  // A hash of 64 times the same digit.
  static std::string hash(char digit) { return std::string(64, digit); }

  QuarantineStore& store() { return under_test_->store(); }

  QuarantineEntry strike(const std::string& content_sha256, UnixTime at, std::chrono::milliseconds lasts = kDay) {
    return store().add_strike(content_sha256, "signal 11", at, at + lasts, soon()).value();
  }
  std::optional<QuarantineEntry> find(const std::string& content_sha256, UnixTime at) {
    return store().find(content_sha256, at, soon()).value();
  }
  std::vector<std::string> listed(UnixTime at, int limit = 100) {
    std::vector<std::string> hashes;
    const auto entries = store().list(at, limit, soon()).value();
    for (const QuarantineEntry& entry : entries) hashes.push_back(entry.content_sha256);
    return hashes;
  }

  const UnixTime now_{std::chrono::milliseconds(1'790'000'000'123)};

 private:
  const std::unique_ptr<QuarantineStoreUnderTest> under_test_ = GetParam().make();
};

}  // namespace tintype::testing_support
