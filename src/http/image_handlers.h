#pragma once

#include <string>

#include "http/request.h"
#include "http/response.h"
#include "service/delete_image.h"
#include "service/get_image.h"
#include "service/update_image.h"
#include "service/upload_image.h"

namespace tintype::http {

// /images: parse, call one use case, render. Thread-safe; the base URL is set once before the first request.
class ImageHandlers {
 public:
  ImageHandlers(UploadImage& upload, GetImage& get, MetadataStore& metadata, UpdateImage& update, DeleteImage& remove)
      : upload_(upload), get_(get), metadata_(metadata), update_(update), delete_(remove) {}

  // What the URLs of pictures begin with, up to their keys, without a trailing slash.
  void set_blob_base_url(std::string url) { blob_base_url_ = std::move(url); }

  Response upload(Request& request);
  Response list(Request& request);
  Response get(Request& request);
  Response update(Request& request);
  Response remove(Request& request);

 private:
  Response upload_with(const IdempotencyToken& token, Request& request);
  Response record_response(int status, const ImageRecord& record) const;

  UploadImage& upload_;
  GetImage& get_;
  MetadataStore& metadata_;
  UpdateImage& update_;
  DeleteImage& delete_;
  std::string blob_base_url_;
};

}  // namespace tintype::http
