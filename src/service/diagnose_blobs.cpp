#include "service/diagnose_blobs.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "base/text.h"
#include "base/ulid.h"

namespace tintype {
namespace {

using Step = BlobDiagnosis::Step;

// More than an adapter may fetch in one piece, so that a range is asked for over the network, too (blob_s3).
constexpr std::size_t kBodySize = (std::size_t{1} << 20) + 4096;
constexpr std::uint64_t kRangeOffset = kBodySize - 1000;
constexpr std::size_t kRangeLength = 100;
constexpr std::chrono::seconds kUrlLifetime{60};
constexpr std::chrono::minutes kSkew{5};  // half of what S3 takes, and less than any grace that makes sense

// No two pieces of it are alike.
std::vector<std::byte> make_body() {
  std::vector<std::byte> body(kBodySize);
  std::uint32_t state = 1;
  for (std::byte& byte : body) {
    state = state * 1664525 + 1013904223;  // Numerical Recipes, "quick and dirty generators"
    byte = static_cast<std::byte>(state >> 24);
  }
  return body;
}

std::string size_text(std::uint64_t bytes) {
  return std::to_string(bytes) + " bytes";
}

// Reads as much as there is, up to the size of the buffer.
Result<std::size_t> read_up_to(ByteSource& source, std::uint64_t offset, std::span<std::byte> buffer,
                               Deadline deadline) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto got = source.read_at(offset + filled, buffer.subspan(filled), deadline);
    if (!got) return fail(got.error());
    if (*got == 0) break;
    filled += *got;
  }
  return filled;
}

class BlobProbe {
 public:
  explicit BlobProbe(BlobDiagnosis on) : on_(std::move(on)) {
    UlidGenerator ids;
    key_ = kDoctorKeys + ids.next(static_cast<std::uint64_t>(on_.clock.now().time_since_epoch().count())) + ".webp";
  }

  CheckOutcome answers(Deadline deadline);
  CheckOutcome put(Deadline deadline);
  CheckOutcome read(Deadline deadline);
  CheckOutcome range(Deadline deadline);
  CheckOutcome stat(Deadline deadline);
  CheckOutcome list(Deadline deadline);
  CheckOutcome url(Deadline deadline);
  CheckOutcome forged_url(Deadline deadline);
  CheckOutcome put_twice(Deadline deadline);
  CheckOutcome remove(Deadline deadline);
  CheckOutcome clean_up(Deadline deadline);

 private:
  CheckOutcome failed_at(Step step, const Error& error) const { return failed(error, on_.advise(step, error)); }
  CheckOutcome without_url(std::string detail, std::string advice) const;
  Result<bool> is_listed(Deadline deadline);
  Result<bool> is_there(Deadline deadline);
  int remove_abandoned(Deadline deadline);
  BlobStore& store() { return *store_; }

  const BlobDiagnosis on_;
  std::string key_;
  const std::vector<std::byte> body_ = make_body();
  const BlobMeta meta_{.content_type = "image/webp", .cache_control = "no-store"};
  std::atomic<BlobStore*> store_ = nullptr;  // atomic: a check that hangs may go on beside later ones
  std::atomic<bool> attempted_ = false;      // a put
};

CheckOutcome BlobProbe::answers(Deadline deadline) {
  const auto opened = on_.open();
  if (!opened) return failed_at(Step::Answer, opened.error());
  store_ = *opened;
  const auto checked = store().check(deadline);
  return checked ? passed("") : failed_at(Step::Answer, checked.error());
}

CheckOutcome BlobProbe::put(Deadline deadline) {
  attempted_ = true;
  const auto done = store().put(key_, body_, meta_, deadline);
  return done ? passed(size_text(body_.size())) : failed_at(Step::Put, done.error());
}

CheckOutcome BlobProbe::read(Deadline deadline) {
  const auto blob = store().open(key_, deadline);
  if (!blob) return failed_at(Step::Read, blob.error());
  const auto bytes = read_all(*blob->bytes, deadline);
  if (!bytes) return failed_at(Step::Read, bytes.error());
  if (*bytes != body_) {
    return failed(
        "what was read (" + size_text(bytes->size()) + ") is not what was put (" + size_text(body_.size()) + ")",
        "do not keep pictures in this store");
  }
  if (blob->meta != meta_) {
    return failed("it came back as " + blob->meta.content_type + " and not as " + meta_.content_type,
                  "use a store that keeps Content-Type and Cache-Control");
  }
  return passed("");
}

CheckOutcome BlobProbe::range(Deadline deadline) {
  const auto blob = store().open(key_, deadline);
  if (!blob) return failed_at(Step::Read, blob.error());
  std::vector<std::byte> piece(kRangeLength);
  const auto got = read_up_to(*blob->bytes, kRangeOffset, piece, deadline);
  if (!got) return failed_at(Step::Read, got.error());
  const auto wanted = std::span(body_).subspan(kRangeOffset, kRangeLength);
  if (*got == kRangeLength && std::ranges::equal(piece, wanted)) return passed("");
  return failed("of " + size_text(kRangeLength) + " at " + std::to_string(kRangeOffset) + ", " + size_text(*got) +
                    " came" + (*got == kRangeLength ? ", of another place" : ""),
                "use a store that honours ranges (RFC 9110 section 14)");
}

CheckOutcome BlobProbe::stat(Deadline deadline) {
  const auto entry = store().stat(key_, deadline);
  if (!entry) return failed_at(Step::Stat, entry.error());
  if (entry->size != body_.size()) {
    return failed("it has " + size_text(entry->size) + " and should have " + size_text(body_.size()),
                  "do not keep pictures in this store");
  }
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(on_.clock.now() - entry->modified);
  if (std::chrono::abs(age) <= kSkew) return passed("");
  return warned("it was put just now, and is said to be " + std::to_string(std::abs(age.count())) + " s " +
                    (age.count() > 0 ? "old" : "ahead of our time"),
                "set both clocks by NTP: young files are spared by their age (`tintype verify --grace`)");
}

Result<bool> BlobProbe::is_listed(Deadline deadline) {
  bool is_there = false;
  const auto visit = [&](const BlobEntry& entry) {
    is_there = is_there || (entry.key == key_ && entry.size == body_.size());
    return !is_there;
  };
  const auto listed = store().list(key_, visit, deadline);
  if (!listed) return fail(listed.error());
  return is_there;
}

CheckOutcome BlobProbe::list(Deadline deadline) {
  const auto begun = Deadline::Clock::now();
  const Deadline of_listing = deadline.earlier_of(Deadline::at(begun + on_.listing_time));
  for (int looks = 1;; ++looks) {
    const auto listed = is_listed(deadline);
    if (!listed) return failed_at(Step::List, listed.error());
    if (*listed && looks == 1) return passed("");
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::Clock::now() - begun);
    if (*listed) {
      return warned("it was listed " + std::to_string(took.count()) + " ms after it was put",
                    "expect `tintype verify` to see what was put or removed just before with a delay");
    }
    if (of_listing.remaining() <= on_.list_pause) {
      return failed("it was not listed within " + std::to_string(took.count()) + " ms",
                    "use a store whose lists show what is there: `tintype verify` finds orphans by them");
    }
    std::this_thread::sleep_for(on_.list_pause);
  }
}

CheckOutcome BlobProbe::without_url(std::string detail, std::string advice) const {
  if (on_.urls_are_used) return failed(std::move(detail), std::move(advice));
  return warned(std::move(detail),
                std::move(advice) + "; nothing needs it as long as clients get no URLs of the store");
}

CheckOutcome BlobProbe::url(Deadline deadline) {
  const auto url = store().url(key_, UrlUse::Get, kUrlLifetime, deadline);
  if (!url) return failed_at(Step::Url, url.error());
  if (!*url) return without_url("the store has no URLs", "deliver pictures by the service");
  const auto fetched = on_.fetch((*url)->text, deadline);
  if (!fetched) return without_url(fetched.error().detail, on_.advise(Step::Url, fetched.error()));
  if (fetched->status != 200) {
    return without_url("fetched without credentials it gives " + std::to_string(fetched->status),
                       "use a store that honours presigned URLs, or deliver pictures by the service");
  }
  if (fetched->body == as_text(body_)) return passed("fetched without credentials");
  return without_url("it gives other bytes (" + size_text(fetched->body.size()) + ") than were put",
                     "see what is between this machine and the store: a proxy, a cache");
}

CheckOutcome BlobProbe::forged_url(Deadline deadline) {
  const auto url = store().url(key_, UrlUse::Get, kUrlLifetime, deadline);
  if (!url) return failed_at(Step::Url, url.error());
  if (!*url) return not_checked("the store has no URLs");
  std::string forged = (*url)->text;  // ends in the signature
  forged.back() = forged.back() == '0' ? '1' : '0';
  const auto fetched = on_.fetch(forged, deadline);
  if (!fetched) return failed(fetched.error().detail, on_.advise(Step::Url, fetched.error()));
  if (fetched->status < 200 || fetched->status >= 300) return passed("refused with " + std::to_string(fetched->status));
  return failed("a wrong signature was taken: this store does not check signatures",
                "do not let anybody reach it but the service: who does can read and change every picture");
}

CheckOutcome BlobProbe::put_twice(Deadline deadline) {
  const auto other = std::span(body_).first(kRangeLength);
  const auto done = store().put(key_, other, meta_, deadline);
  if (!done && done.error().code == ErrorCode::AlreadyExists) return passed("refused, as it should be");
  if (!done) return failed_at(Step::Put, done.error());
  return failed("a second put under the same key was not refused",
                "use a store that honours `If-None-Match: *` on PutObject: here two attempts of one upload can replace "
                "each other's picture");
}

Result<bool> BlobProbe::is_there(Deadline deadline) {
  const auto entry = store().stat(key_, deadline);
  if (!entry && entry.error().code == ErrorCode::NotFound) return false;
  if (!entry) return fail(entry.error());
  return true;
}

CheckOutcome BlobProbe::remove(Deadline deadline) {
  for (int times = 0; times < 2; ++times) {  // what is not there can be removed, too
    const auto removed = store().remove(key_, deadline);
    if (!removed) return failed_at(Step::Remove, removed.error());
  }
  const auto opened = store().open(key_, deadline);
  if (!opened && opened.error().code != ErrorCode::NotFound) return failed_at(Step::Read, opened.error());
  if (!opened) return passed("gone");
  return failed("it was removed, and can still be read",
                "look for rules of retention, a cache, or a replica that lags: deleted pictures would stay readable");
}

// Of earlier runs. What cannot be listed or removed now is left to the next one.
int BlobProbe::remove_abandoned(Deadline deadline) {
  std::vector<std::string> abandoned;
  const auto visit = [&](const BlobEntry& entry) {
    if (on_.clock.now() - entry.modified > kAbandonedAfter) abandoned.push_back(entry.key);
    return true;
  };
  if (!store().list(kDoctorKeys, visit, deadline)) return 0;
  return static_cast<int>(std::ranges::count_if(
      abandoned, [&](const std::string& key) { return store().remove(key, deadline).has_value(); }));
}

CheckOutcome BlobProbe::clean_up(Deadline deadline) {
  if (!attempted_) return not_checked("nothing was put");
  const auto removed = store().remove(key_, deadline);
  const auto there = removed ? is_there(deadline) : Result<bool>(fail(removed.error()));
  if (!there || *there) {
    const std::string why = there ? "it does not go" : there.error().detail;
    return failed(key_ + " may be left behind: " + why, "remove it by hand, or let `tintype doctor` do it in an hour");
  }
  const int abandoned = remove_abandoned(deadline);
  return passed(abandoned == 0 ? "nothing is left"
                               : "nothing is left; removed what earlier runs had left: " + std::to_string(abandoned));
}

}  // namespace

CheckArea blob_checks(BlobDiagnosis diagnosis, std::vector<std::string> needs) {
  const bool has_urls = diagnosis.fetch != nullptr;
  const auto probe = std::make_shared<BlobProbe>(std::move(diagnosis));
  const auto check = [&probe](const char* name, CheckOutcome (BlobProbe::*run)(Deadline),
                              std::vector<std::string> after, bool cleans_up = false) {
    return Check{.name = name,
                 .run = [probe, run](Deadline deadline) { return ((*probe).*run)(deadline); },
                 .needs = std::move(after),
                 .cleans_up = cleans_up};
  };
  const std::vector<std::string> after_put = {"blobs/put"};
  CheckArea area{.name = "blobs", .checks = {}};
  area.checks = {check("answers", &BlobProbe::answers, std::move(needs)),
                 check("put", &BlobProbe::put, {"blobs/answers"}),
                 check("read", &BlobProbe::read, after_put),
                 check("range", &BlobProbe::range, after_put),
                 check("stat", &BlobProbe::stat, after_put),
                 check("list", &BlobProbe::list, after_put)};
  if (has_urls) {
    area.checks.push_back(check("url", &BlobProbe::url, after_put));
    area.checks.push_back(check("forged-url", &BlobProbe::forged_url, {"blobs/url"}));
  }
  area.checks.push_back(check("put-twice", &BlobProbe::put_twice, after_put));
  area.checks.push_back(check("remove", &BlobProbe::remove, after_put));
  area.checks.push_back(check("clean-up", &BlobProbe::clean_up, {}, true));
  return area;
}

}  // namespace tintype
