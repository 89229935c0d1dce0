#pragma once

#include <functional>
#include <string>

#include "ports/blob_store.h"
#include "ports/clock.h"
#include "service/diagnosis.h"

namespace tintype {

// What the checks of a blob store stand on. All must outlive them.
struct BlobDiagnosis {
  enum class Step { Answer, Put, Read, Stat, List, Url, Remove };

  // The store, once it is wanted; the same for every call, which no two threads make at one time.
  std::function<Result<BlobStore*>()> open;
  const Clock& clock;
  // What to do about an error of a step.
  std::function<std::string(Step, const Error&)> advise;
  // What HTTP gives under a URL without credentials: status and body. Absent if the store has no URLs.
  struct Fetched {
    int status = 0;
    std::string body = {};
  };
  std::function<Result<Fetched>(const std::string& url, Deadline)> fetch = {};
  // Whether clients get the store's URLs: then it is a failure if they do not work, else a warning.
  bool urls_are_used = false;
  // Between two looks at a list that does not have yet what was put, which it may for `listing_time`.
  std::chrono::milliseconds list_pause{100};
  std::chrono::milliseconds listing_time{5'000};
};

// Checks that put a blob, do with it all that the service does with blobs, and remove it: also after failures, by the
// last of them. Its key, kDoctorKeys and a ULID, is none of a picture (model/blob_key.h): a verification that runs at
// the same time passes it over. What earlier runs were killed before they removed it goes, too, once it is an hour
// old.
//
// `needs`: of the first check. They use nothing but the port, so they are the same for every store.
inline constexpr const char* kDoctorKeys = "images/.doctor-";
CheckArea blob_checks(BlobDiagnosis diagnosis, std::vector<std::string> needs);

}  // namespace tintype
