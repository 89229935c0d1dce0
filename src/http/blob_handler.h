#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "http/request.h"
#include "http/response.h"
#include "model/blob_key.h"
#include "ports/blob_store.h"

namespace tintype::http {

// How pictures get to clients (TINTYPE_BLOB_DELIVERY).
struct BlobDelivery {
  enum class Way {
    Proxy,      // through this service
    Redirect,   // from the store, by a URL of its own that expires; through this service if it has none
    PublicUrl,  // from whatever serves the keys below `public_url`
  };
  Way way = Way::Proxy;
  std::chrono::seconds url_lifetime{3600};
  std::string public_url = {};  // without a slash at its end
};

// GET /blobs/{key...}: the bytes, with conditions and ranges (RFC 9110 sections 13 and 14), or a redirect to where they
// are. The bytes under a key never change, so the strong ETag is made from the key alone and a revalidation never
// touches the store.
// Thread-safe.
class BlobHandler {
 public:
  // `owner_only`: the key's user must be the caller (TINTYPE_BLOB_ACCESS=owner), and caches between may not keep it.
  BlobHandler(BlobStore& blobs, bool owner_only, BlobDelivery delivery = {})
      : blobs_(blobs), owner_only_(owner_only), delivery_(std::move(delivery)) {}

  Response get(Request& request);

  // Does not wait. 304 if If-None-Match names the ETag, and the bytes if the store can open them at once; otherwise
  // nothing, and `get` has the answer, also if it is an error.
  std::optional<Response> get_at_once(Request& request);

 private:
  std::optional<Response> not_modified(const Request& request, const BlobKey& key) const;
  bool may_read(const Request& request, std::string_view user_component) const;
  void set_caching(Response& response, const std::string& etag) const;
  Response deliver(const Request& request, const BlobKey& key);
  Response answer_with(OpenBlob blob, const Request& request, const BlobKey& key) const;
  Response redirect_to_store(const Request& request, const BlobKey& key);

  BlobStore& blobs_;
  const bool owner_only_;
  const BlobDelivery delivery_;
};

}  // namespace tintype::http
