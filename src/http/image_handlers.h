#pragma once

#include <functional>
#include <optional>

#include "http/json_renderer.h"
#include "http/request.h"
#include "http/response.h"
#include "service/delete_image.h"
#include "service/update_image.h"
#include "service/upload_image.h"

namespace tintype::http {

// /images: parse, call one use case, render. Thread-safe.
class ImageHandlers {
 public:
  ImageHandlers(UploadImage& upload, ImageCache& reads, UpdateImage& update, DeleteImage& remove,
                const JsonRenderer& renderer)
      : upload_(upload), reads_(reads), update_(update), delete_(remove), renderer_(renderer) {}

  Response upload(Request& request);
  Response list(Request& request);
  Response get(Request& request);
  Response update(Request& request);
  Response remove(Request& request);

  // On the I/O thread: what needs no store.
  std::optional<Response> list_at_once(Request& request);
  std::optional<Response> get_at_once(Request& request);
  // The same for what Redis has (Route::answer_soon).
  bool list_soon(Request& request, std::function<void(std::optional<Response>)> done);
  bool get_soon(Request& request, std::function<void(std::optional<Response>)> done);

 private:
  Response upload_with(const IdempotencyToken& token, Request& request);
  Response record_response(int status, const ImageRecord& record) const;

  UploadImage& upload_;
  ImageCache& reads_;
  UpdateImage& update_;
  DeleteImage& delete_;
  const JsonRenderer& renderer_;
};

}  // namespace tintype::http
