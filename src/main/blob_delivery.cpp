#include "main/blob_delivery.h"

namespace tintype {

using Way = config::BlobDelivery;

Result<http::BlobDelivery> blob_delivery(const config::Settings& settings) {
  http::BlobDelivery delivery;
  if (settings.blob_delivery == Way::Redirect) {
    if (settings.blobs != config::Blobs::S3) {
      return fail(ErrorCode::ValidationFailed,
                  "blob-delivery=redirect needs blobs=s3: files have no URLs of their own");
    }
    delivery.way = http::BlobDelivery::Way::Redirect;
    delivery.url_lifetime = std::chrono::floor<std::chrono::seconds>(settings.blob_url_lifetime);
  }
  if (settings.blob_delivery == Way::PublicUrl) {
    if (settings.blob_public_url.empty()) {
      return fail(ErrorCode::ValidationFailed,
                  "blob-delivery=public-url needs the URL of the bucket or of a CDN: set TINTYPE_BLOB_PUBLIC_URL or "
                  "--blob-public-url");
    }
    if (settings.blob_access == config::BlobAccess::Owner) {
      return fail(ErrorCode::ValidationFailed,
                  "blob-access=owner contradicts blob-delivery=public-url, where nobody asks who the owner is: use "
                  "redirect or proxy");
    }
    delivery.way = http::BlobDelivery::Way::PublicUrl;
    delivery.public_url = settings.blob_public_url;
  }
  return delivery;
}

std::string blob_base_url(const config::Settings& settings, const std::string& public_url) {
  return settings.blob_delivery == Way::PublicUrl ? settings.blob_public_url : public_url + "/blobs";
}

}  // namespace tintype
