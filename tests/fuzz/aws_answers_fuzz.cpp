// What S3, its like and the endpoints for credentials answer, and what lies in ~/.aws.
#include <cstdlib>
#include <string>

#include "adapters/aws/container_credentials.h"
#include "adapters/aws/credentials_answer.h"
#include "adapters/aws/http_date.h"
#include "adapters/aws/local_credentials.h"
#include "adapters/aws/service_fault.h"
#include "adapters/aws/xml.h"
#include "adapters/blob_s3/delete_objects.h"
#include "adapters/blob_s3/listing.h"
#include "adapters/blob_s3/object_fields.h"
#include "base/text.h"

namespace {

using namespace tintype;

void require(bool holds) {
  if (!holds) std::abort();
}

std::size_t elements_of(const aws::XmlElement& element) {
  std::size_t count = 1;
  for (const aws::XmlElement& child : element.children) count += elements_of(child);
  return count;
}

void check_xml(const std::string& text) {
  constexpr aws::XmlLimits kLimits{.elements = 50, .depth = 5};
  if (const auto root = aws::parse_xml(text, kLimits)) require(elements_of(*root) <= kLimits.elements);
  if (const auto page = s3::parse_list(text)) {
    for (const BlobEntry& entry : page->entries) require(!entry.key.empty());
  }
  (void)s3::parse_uploads(text);
  (void)s3::parse_delete_failures(text);
}

void check_credentials(const std::string& text) {
  if (const auto read = aws::read_credentials_answer(text)) {
    require(!read->access_key_id.empty() && !read->secret_access_key.empty());
    require(is_visible_ascii(read->access_key_id + read->secret_access_key + read->session_token));
  }
  if (const auto time = parse_rfc3339(text)) require(parse_rfc3339(to_rfc3339(*time)).value_or(*time) == *time);
  if (aws::is_allowed_container_url(text)) require(is_visible_ascii(text) && text.find("://") != std::string::npos);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  check_xml(text);
  check_credentials(text);
  (void)aws::read_fault({{"x-amzn-errortype", text}}, text);
  (void)s3::object_size({{"Content-Range", text}});
  if (const auto time = aws::parse_list_time(text)) require(time->time_since_epoch().count() % 1000 == 0);
  (void)aws::parse_http_date(text);
  if (const auto value = aws::find_in_profile(text, "default", "region")) {
    require(value->find('\n') == std::string::npos);
  }
  return 0;
}
