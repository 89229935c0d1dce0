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

struct Response {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers = {};  // names are literals; values free of CR and LF
  std::variant<std::string, SourceBody> body = {};
  bool close = false;           // end the connection after this
  bool cold_start = false;      // it had to wait for a process to start; for metrics
  std::string log_detail = {};  // why, for the log only

  void set(std::string_view name, std::string value) { headers.emplace_back(name, std::move(value)); }
  std::uint64_t content_length() const {
    if (const auto* text = std::get_if<std::string>(&body)) return text->size();
    return std::get<SourceBody>(body).length;
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
