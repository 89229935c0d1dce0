// What a queue may give as a job: anybody who may send to it can put anything there.
#include <cstdlib>
#include <string>

#include "model/jobs/job.h"

namespace {

using namespace tintype;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const std::string type = job_type(text);
  if (const auto job = parse_derive_job(text)) {
    require(type == "derive" && job->version >= 1);
    require(parse_derive_job(new_job(*job).body) == job);
  }
  if (const auto job = parse_webhook_job(text)) {
    require(type == "webhook");
    require(parse_webhook_job(new_job(*job).body).has_value());
  }
  require(recipe_version(text) >= 0);
  return 0;
}
