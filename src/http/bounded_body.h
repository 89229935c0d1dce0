#pragma once

#include <string>

#include "base/text.h"
#include "http/request.h"

namespace tintype::http {

// A small body kept in memory: the JSON of a PATCH, or whatever a client sends with a request that takes none.
class BoundedBody final : public RequestBody {
 public:
  static constexpr std::size_t kMaxBytes = 64 * 1024;

  Result<void> write(std::span<const std::byte> bytes) override {
    if (text_.size() + bytes.size() > kMaxBytes) return fail(ErrorCode::FileTooLarge, "the body is larger than 64 KiB");
    text_ += as_text(bytes);
    return {};
  }
  Result<void> finish() override { return {}; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace tintype::http
