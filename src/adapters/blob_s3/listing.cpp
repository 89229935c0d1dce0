#include "adapters/blob_s3/listing.h"

#include "adapters/aws/http_date.h"
#include "adapters/aws/xml.h"
#include "base/text.h"

namespace tintype::s3 {
namespace {

std::optional<BlobEntry> entry_of(const aws::XmlElement& contents) {
  const auto size = parse_unsigned(contents.child_text("Size"));
  const auto modified = aws::parse_list_time(contents.child_text("LastModified"));
  if (!size || !modified || contents.child_text("Key").empty()) return std::nullopt;
  return BlobEntry{std::string(contents.child_text("Key")), *size, *modified};
}

std::optional<Upload> upload_of(const aws::XmlElement& element) {
  const auto initiated = aws::parse_list_time(element.child_text("Initiated"));
  if (!initiated) return std::nullopt;
  return Upload{std::string(element.child_text("Key")), std::string(element.child_text("UploadId")), *initiated};
}

}  // namespace

std::optional<ListedPage> parse_list(std::string_view xml) {
  const auto root = aws::parse_xml(xml);
  if (!root || root->name != "ListBucketResult") return std::nullopt;
  ListedPage page;
  for (const aws::XmlElement& child : root->children) {
    if (child.name != "Contents") continue;
    auto entry = entry_of(child);
    if (!entry) return std::nullopt;
    page.entries.push_back(std::move(*entry));
  }
  if (root->child_text("IsTruncated") == "true") page.next = root->child_text("NextContinuationToken");
  return page;
}

std::optional<UploadPage> parse_uploads(std::string_view xml) {
  const auto root = aws::parse_xml(xml);
  if (!root || root->name != "ListMultipartUploadsResult") return std::nullopt;
  UploadPage page{.uploads = {},
                  .truncated = root->child_text("IsTruncated") == "true",
                  .next_key = std::string(root->child_text("NextKeyMarker")),
                  .next_upload_id = std::string(root->child_text("NextUploadIdMarker"))};
  for (const aws::XmlElement& child : root->children) {
    if (child.name != "Upload") continue;
    auto upload = upload_of(child);
    if (!upload) return std::nullopt;
    page.uploads.push_back(std::move(*upload));
  }
  return page;
}

}  // namespace tintype::s3
