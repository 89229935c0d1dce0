#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_source.h"

namespace tintype::http {

// Bytes [offset, offset + length) of a source.
struct SourceBody {
  std::unique_ptr<ByteSource> source;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Part of a text that is shared with a cache.
struct SharedText {
  std::shared_ptr<const std::string> owner;
  std::string_view text;  // into it
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers = {};  // names are literals; values free of CR and LF
  std::variant<std::string, SharedText, SourceBody> body = {};
  bool close = false;           // end the connection after this
  bool cold_start = false;      // it had to wait for a process to start; for metrics
  std::string log_detail = {};  // why, for the log only

  void set(std::string_view name, std::string value) { headers.emplace_back(name, std::move(value)); }
  // The body, unless it is a SourceBody.
  std::string_view text() const {
    if (const auto* const shared = std::get_if<SharedText>(&body)) return shared->text;
    return std::get<std::string>(body);
  }
  std::uint64_t content_length() const {
    const auto* const source = std::get_if<SourceBody>(&body);
    return source != nullptr ? source->length : text().size();
  }
};

inline Response json_response(int status, std::string body) {
  Response response{.status = status};
  response.set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

// "Not Found" for 404; RFC 9110 section 15.
std::string_view reason_phrase(int status);

}  // namespace tintype::http
