#pragma once

#include <optional>

#include "http/request.h"
#include "http/response.h"
#include "ports/blob_store.h"

namespace tintype::http {

// GET /blobs/{key...}: the bytes, with conditions and ranges (RFC 9110 sections 13 and 14). The bytes under a key never
// change, so the strong ETag is made from the key alone and a revalidation never touches the store.
// Thread-safe.
class BlobHandler {
 public:
  // `owner_only`: the key's user must be the caller (TINTYPE_BLOB_ACCESS=owner), and caches between may not keep it.
  BlobHandler(BlobStore& blobs, bool owner_only) : blobs_(blobs), owner_only_(owner_only) {}

  Response get(Request& request);

  // 304 if If-None-Match names the ETag; nothing otherwise, also for "*", which asks whether the blob exists.
  std::optional<Response> not_modified(Request& request);

 private:
  bool may_read(const Request& request, std::string_view user_component) const;
  void set_caching(Response& response, const std::string& etag) const;

  BlobStore& blobs_;
  const bool owner_only_;
};

}  // namespace tintype::http
