#include "adapters/blob_s3/delete_objects.h"

#include "adapters/aws/xml.h"
#include "base/text.h"

namespace tintype::s3 {

std::string delete_body(std::span<const std::string> keys) {
  std::string xml = "<Delete><Quiet>true</Quiet>";
  for (const std::string& key : keys) xml += "<Object><Key>" + aws::xml_escape(key) + "</Key></Object>";
  return xml + "</Delete>";
}

std::optional<std::vector<DeleteFailure>> parse_delete_failures(std::string_view xml) {
  std::vector<DeleteFailure> failures;
  if (trim(xml).empty()) return failures;  // "an empty response" is how S3's manual calls the one without failures
  const auto root = aws::parse_xml(xml);
  if (!root || root->name != "DeleteResult") return std::nullopt;
  for (const aws::XmlElement& child : root->children) {
    if (child.name != "Error" || child.child_text("Code") == "NoSuchKey") continue;
    failures.push_back({std::string(child.child_text("Key")), std::string(child.child_text("Code")),
                        std::string(child.child_text("Message"))});
  }
  return failures;
}

}  // namespace tintype::s3
