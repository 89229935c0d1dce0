#include "service/diagnose_blobs.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "model/blob_key.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_injecting_blob_store.h"
#include "tests/support/forwarding_blob_store.h"
#include "tests/support/memory_blob_store.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

UnixTime now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// A store with URLs, the last character of which is its signature.
class StoreWithUrls : public ForwardingBlobStore {
 public:
  using ForwardingBlobStore::ForwardingBlobStore;
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse /*use*/, std::chrono::seconds lifetime,
                                     Deadline /*deadline*/) override {
    return BlobUrl{std::string(key) + "?signature=0", lifetime};
  }
  // What a browser gets.
  BlobDiagnosis::Fetched fetch(const std::string& url, Deadline deadline) {
    if (checks_signatures && !url.ends_with("=0")) return {.status = 403};
    auto blob = store_.open(url.substr(0, url.find('?')), deadline);
    if (!blob) return {.status = 404};
    const auto bytes = read_all(*blob->bytes, deadline);
    return {.status = 200, .body = body_is_damaged ? "?" : std::string(as_text(*bytes))};
  }
  bool checks_signatures = true;
  bool body_is_damaged = false;
};

class DiagnoseBlobs : public testing::Test {
 protected:
  BlobDiagnosis diagnosis(BlobStore& store) {
    return {.open = [&store] { return Result<BlobStore*>(&store); },
            .clock = clock_,
            .advise = [](BlobDiagnosis::Step, const Error& error) { return "mend " + error.public_message; },
            .list_pause = 1ms};
  }
  DiagnosisReport run(BlobStore& store) { return run(diagnosis(store)); }
  DiagnosisReport run(BlobDiagnosis diagnosis) {
    const CheckArea before{.name = "bucket", .checks = {{.name = "there", .run = [](Deadline) { return passed(""); }}}};
    DiagnosisReport report = diagnose(
        {before, blob_checks(std::move(diagnosis), {"bucket/there"})}, {}, [](const auto&) {}, [] { return false; });
    report.checks.erase(report.checks.begin());
    return report;
  }
  DiagnosisReport run_with_urls(StoreWithUrls& store, bool urls_are_used) {
    BlobDiagnosis on = diagnosis(store);
    on.fetch = [&store](const std::string& url, Deadline deadline) {
      return Result<BlobDiagnosis::Fetched>(store.fetch(url, deadline));
    };
    on.urls_are_used = urls_are_used;
    return run(std::move(on));
  }

  // "put failed", of those that are not ok.
  static std::vector<std::string> findings(const DiagnosisReport& report) {
    std::vector<std::string> found;
    for (const CheckReport& check : report.checks) {
      if (check.outcome.state != CheckState::Ok) found.push_back(check.check + ' ' + state_name(check.outcome.state));
    }
    return found;
  }
  static const CheckOutcome& outcome(const DiagnosisReport& report, std::string_view name) {
    const auto found = std::ranges::find(report.checks, name, &CheckReport::check);
    if (found == report.checks.end()) std::abort();
    return found->outcome;
  }

  FakeClock clock_{now()};
  MemoryBlobStore memory_;
  FaultInjectingBlobStore faulty_{memory_};
};

TEST_F(DiagnoseBlobs, GoodStorePassesEveryCheckAndIsLeftEmpty) {
  const DiagnosisReport report = run(faulty_);
  EXPECT_THAT(findings(report), IsEmpty());
  EXPECT_EQ(report.checks.size(), 9U);
  EXPECT_GE(faulty_.calls(BlobOperation::Put), 2U);
  EXPECT_THAT(memory_.entries(), IsEmpty());
}

TEST_F(DiagnoseBlobs, KeyIsNoneOfAPicture) {
  std::vector<std::string> keys;
  faulty_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view key) {
    keys.emplace_back(key);
    return std::nullopt;
  });
  run(faulty_);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_TRUE(is_valid_blob_key(keys[0]));
  EXPECT_FALSE(BlobKey::parse(keys[0])) << keys[0];
}

TEST_F(DiagnoseBlobs, StoreThatCannotBeOpenedIsNotAskedFurther) {
  BlobDiagnosis on = diagnosis(faulty_);
  on.open = [] { return Result<BlobStore*>(fail(ErrorCode::StoreUnavailable, "the disk", "no such directory")); };
  const DiagnosisReport report = run(std::move(on));
  EXPECT_EQ(outcome(report, "answers").detail, "no such directory");
  EXPECT_EQ(outcome(report, "answers").advice, "mend the disk");
  EXPECT_EQ(report.count(CheckState::Failed), 1);
  EXPECT_EQ(report.count(CheckState::NotChecked), 8);
}

TEST_F(DiagnoseBlobs, RefusedPutLeavesOutTheRestButTheCleaningUp) {
  faulty_.fail_next(BlobOperation::Put, FaultTime::Before, 10);
  const DiagnosisReport report = run(faulty_);
  EXPECT_EQ(outcome(report, "put").advice, "mend injected fault");
  EXPECT_EQ(outcome(report, "read").state, CheckState::NotChecked);
  EXPECT_EQ(outcome(report, "clean-up").state, CheckState::Ok);
}

TEST_F(DiagnoseBlobs, PutWhoseAnswerIsLostIsRemoved) {
  faulty_.fail_next(BlobOperation::Put, FaultTime::After);
  const DiagnosisReport report = run(faulty_);
  EXPECT_EQ(outcome(report, "put").state, CheckState::Failed);
  EXPECT_THAT(memory_.entries(), IsEmpty());
}

TEST_F(DiagnoseBlobs, EachStepThatFailsIsNamedAndTheOthersAreDone) {
  const std::vector<std::pair<BlobOperation, std::string>> steps = {{BlobOperation::Check, "answers"},
                                                                    {BlobOperation::Open, "read"},
                                                                    {BlobOperation::Stat, "stat"},
                                                                    {BlobOperation::List, "list"},
                                                                    {BlobOperation::Remove, "remove"}};
  for (const auto& [operation, name] : steps) {
    faulty_.fail_next(operation, FaultTime::Before, 1);
    const DiagnosisReport report = run(faulty_);
    EXPECT_EQ(outcome(report, name).state, CheckState::Failed) << name;
    EXPECT_EQ(report.count(CheckState::Failed), 1) << name;
    EXPECT_THAT(memory_.entries(), IsEmpty()) << name;
  }
}

TEST_F(DiagnoseBlobs, StoreThatReplacesWhatIsThereIsFound) {
  class Replacing : public ForwardingBlobStore {
    using ForwardingBlobStore::ForwardingBlobStore;
    Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                     Deadline deadline) override {
      if (auto removed = store_.remove(key, deadline); !removed) return removed;
      return store_.put(key, body, meta, deadline);
    }
  } store(memory_);
  const DiagnosisReport report = run(store);
  EXPECT_THAT(findings(report), ElementsAre("put-twice failed"));
  EXPECT_THAT(outcome(report, "put-twice").advice, HasSubstr("If-None-Match"));
  EXPECT_THAT(memory_.entries(), IsEmpty());
}

// Gives what `read_at` makes of a good source.
class ChangedBytes : public ForwardingBlobStore {
 public:
  using ReadAt = std::function<Result<std::size_t>(ByteSource&, std::uint64_t, std::span<std::byte>, Deadline)>;
  ChangedBytes(BlobStore& store, ReadAt read_at) : ForwardingBlobStore(store), read_at_(std::move(read_at)) {}

  Result<OpenBlob> open(std::string_view key, Deadline deadline) override {
    auto blob = store_.open(key, deadline);
    if (!blob) return blob;
    return OpenBlob{blob->meta, std::make_unique<Source>(std::move(blob->bytes), read_at_)};
  }

 private:
  class Source : public ByteSource {
   public:
    Source(std::unique_ptr<ByteSource> source, const ReadAt& read_at) : source_(std::move(source)), read_at_(read_at) {}
    std::uint64_t size() const override { return source_->size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) override {
      return read_at_(*source_, offset, buffer, deadline);
    }

   private:
    std::unique_ptr<ByteSource> source_;
    const ReadAt read_at_;
  };
  const ReadAt read_at_;
};

TEST_F(DiagnoseBlobs, StoreThatCutsRangesShortIsFound) {
  ChangedBytes store(memory_,
                     [](ByteSource& source, std::uint64_t offset, std::span<std::byte> buffer,
                        Deadline deadline) -> Result<std::size_t> {
                       const bool is_in_the_middle = offset != 0 && offset + buffer.size() < source.size();
                       if (is_in_the_middle && offset % 10 == 0) return std::size_t{0};
                       const auto part = is_in_the_middle
                                             ? buffer.first(std::min<std::size_t>(buffer.size(), 10 - offset % 10))
                                             : buffer;
                       return source.read_at(offset, part, deadline);
                     });
  const DiagnosisReport report = run(store);
  EXPECT_THAT(findings(report), ElementsAre("range failed"));
  EXPECT_THAT(outcome(report, "range").detail, StartsWith("of 100 bytes at 1051672, "));
}

TEST_F(DiagnoseBlobs, StoreThatGivesTheBeginningForARangeIsFound) {
  ChangedBytes store(memory_, [](ByteSource& source, std::uint64_t /*offset*/, std::span<std::byte> buffer,
                                 Deadline deadline) { return source.read_at(0, buffer, deadline); });
  const DiagnosisReport report = run(store);
  EXPECT_THAT(findings(report), ElementsAre("range failed"));
  EXPECT_THAT(outcome(report, "range").detail, HasSubstr("of another place"));
}

TEST_F(DiagnoseBlobs, ChangedByteIsFound) {
  ChangedBytes store(memory_,
                     [](ByteSource& source, std::uint64_t offset, std::span<std::byte> buffer,
                        Deadline deadline) -> Result<std::size_t> {
                       const auto got = source.read_at(offset, buffer, deadline);
                       if (offset == 0 && buffer.size() > 1) buffer[1] ^= std::byte{1};
                       return got;
                     });
  EXPECT_THAT(findings(run(store)), ElementsAre("read failed"));
}

TEST_F(DiagnoseBlobs, LostMetaIsFound) {
  class Forgetful : public ForwardingBlobStore {
    using ForwardingBlobStore::ForwardingBlobStore;
    Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& /*meta*/,
                     Deadline deadline) override {
      return store_.put(key, body, {}, deadline);
    }
  } store(memory_);
  const DiagnosisReport report = run(store);
  EXPECT_THAT(findings(report), ElementsAre("read failed"));
  EXPECT_THAT(outcome(report, "read").detail, HasSubstr("application/octet-stream"));
}

// Hides everything from so many lists.
class LateList : public ForwardingBlobStore {
 public:
  LateList(BlobStore& store, int lists) : ForwardingBlobStore(store), left_(lists) {}
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override {
    return left_-- > 0 ? Result<void>() : store_.list(prefix, visit, deadline);
  }

 private:
  int left_;
};

TEST_F(DiagnoseBlobs, LateListIsAWarning) {
  LateList store(memory_, 2);
  EXPECT_THAT(findings(run(store)), ElementsAre("list warning"));
}

TEST_F(DiagnoseBlobs, ListThatNeverShowsItIsAFailure) {
  LateList store(memory_, 1'000'000);
  BlobDiagnosis on = diagnosis(store);
  on.listing_time = 20ms;
  EXPECT_THAT(findings(run(std::move(on))), ElementsAre("list failed"));
}

TEST_F(DiagnoseBlobs, WrongSizeAndOtherClockAreFound) {
  class HalfSize : public ForwardingBlobStore {
    using ForwardingBlobStore::ForwardingBlobStore;
    Result<BlobEntry> stat(std::string_view key, Deadline deadline) override {
      auto entry = store_.stat(key, deadline);
      if (entry) entry->size /= 2;
      return entry;
    }
  } store(memory_);
  EXPECT_THAT(findings(run(store)), ElementsAre("stat failed"));
  clock_.advance(10min);
  const DiagnosisReport late = run(memory_);
  EXPECT_THAT(findings(late), ElementsAre("stat warning"));
  EXPECT_THAT(outcome(late, "stat").detail, HasSubstr(" s old"));
  clock_.advance(-20min);
  EXPECT_THAT(outcome(run(memory_), "stat").detail, HasSubstr("ahead of our time"));
}

TEST_F(DiagnoseBlobs, StoreThatKeepsWhatIsRemovedIsFoundAndWhatIsLeftIsNamed) {
  class Keeping : public ForwardingBlobStore {
    using ForwardingBlobStore::ForwardingBlobStore;
    Result<void> remove(std::string_view /*key*/, Deadline /*deadline*/) override { return {}; }
  } store(memory_);
  const DiagnosisReport report = run(store);
  EXPECT_THAT(findings(report), ElementsAre("remove failed", "clean-up failed"));
  ASSERT_EQ(memory_.entries().size(), 1U);
  EXPECT_THAT(outcome(report, "clean-up").detail, HasSubstr(memory_.entries()[0].key));
}

TEST_F(DiagnoseBlobs, RefusedRemovalIsNamedTwiceAndTheKeyToo) {
  faulty_.fail_next(BlobOperation::Remove, FaultTime::Before, 1'000);
  const DiagnosisReport report = run(faulty_);
  EXPECT_THAT(findings(report), ElementsAre("remove failed", "clean-up failed"));
  EXPECT_THAT(outcome(report, "clean-up").detail, HasSubstr(memory_.entries()[0].key));
}

TEST_F(DiagnoseBlobs, LeftoversOfEarlierRunsAreRemovedOnceTheyAreOld) {
  const std::string old = std::string(kDoctorKeys) + "01ARZ3NDEKTSV4RRFFQ69G5FAV.webp";
  ASSERT_TRUE(memory_.put(old, as_bytes("x"), {}, Deadline::after(10s)));
  clock_.advance(59min);
  run(memory_);
  EXPECT_EQ(memory_.entries().size(), 1U) << "it may belong to a run beside this one";
  clock_.advance(2min);
  EXPECT_THAT(outcome(run(memory_), "clean-up").detail, HasSubstr("earlier runs had left: 1"));
  EXPECT_THAT(memory_.entries(), IsEmpty());
}

TEST_F(DiagnoseBlobs, UrlThatWorksAndIsGuardedPasses) {
  StoreWithUrls store(memory_);
  const DiagnosisReport report = run_with_urls(store, true);
  EXPECT_THAT(findings(report), IsEmpty());
  EXPECT_EQ(outcome(report, "forged-url").detail, "refused with 403");
}

TEST_F(DiagnoseBlobs, StoreThatChecksNoSignatureIsAFailure) {
  StoreWithUrls store(memory_);
  store.checks_signatures = false;
  const DiagnosisReport report = run_with_urls(store, false);
  EXPECT_THAT(findings(report), ElementsAre("forged-url failed"));
  EXPECT_THAT(outcome(report, "forged-url").detail, HasSubstr("does not check signatures"));
}

TEST_F(DiagnoseBlobs, UrlThatDoesNotWorkIsAFailureIfClientsGetIt) {
  StoreWithUrls store(memory_);
  store.body_is_damaged = true;
  EXPECT_THAT(findings(run_with_urls(store, true)), ElementsAre("url failed", "forged-url not checked"));
  const DiagnosisReport report = run_with_urls(store, false);
  EXPECT_THAT(findings(report), ElementsAre("url warning"));
  EXPECT_THAT(outcome(report, "url").advice, AllOf(HasSubstr("cache"), HasSubstr("as long as clients get no URLs")));
}

}  // namespace
}  // namespace tintype
