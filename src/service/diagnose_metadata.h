#pragma once

#include <functional>
#include <string>

#include "ports/clock.h"
#include "ports/metadata_store.h"
#include "service/diagnosis.h"

namespace tintype {

// What the checks of a metadata store stand on. All must outlive them.
struct MetadataDiagnosis {
  // The store, once it is wanted; the same for every call, which no two threads make at one time.
  std::function<Result<MetadataStore*>()> open;
  const Clock& clock;
  // What to do about an error.
  std::function<std::string(const Error&)> advise;
};

// Checks that read what is not there, and claim an upload that never comes, of the user "tintype doctor": also after
// failures, the last of them takes the claim and its journal away. After one that is killed the sweeper does, as it
// does for every upload that was given up. `needs`: of the first check.
CheckArea metadata_checks(MetadataDiagnosis diagnosis, std::vector<std::string> needs);

}  // namespace tintype
