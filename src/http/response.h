#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_source.h"
#include "base/deadline.h"

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

// Something that happens on another thread.
class Happening {
 public:
  virtual ~Happening() = default;
  // Calls `ready` when it happens, each time, on any thread, and at once if it has. `ready` must not block and not call
  // this object. nullptr ends it, and waits for a call that is under way.
  virtual void on_ready(std::function<void()> ready) = 0;
};

// A body that comes bit by bit, for as long as it lasts.
class BodyStream : public Happening {
 public:
  // What there is; empty: nothing at the moment, on_ready() tells when there is; nullopt: it has ended. Never blocks.
  virtual std::optional<std::string> take() = 0;
};

struct StreamBody {
  std::unique_ptr<BodyStream> stream;  // null only in an answer to HEAD
  std::string idle_text = {};  // is sent when nothing else was for so long, and shows whether the client is there
  std::chrono::milliseconds idle_after{15'000};
};

// There is no answer yet: the route's handler is to be asked again when this has happened, or at `at_latest`.
struct Later {
  std::unique_ptr<Happening> happening;
  Deadline at_latest;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers = {};  // names are literals; values free of CR and LF
  std::variant<std::string, SharedText, SourceBody, StreamBody> body = {};
  bool close = false;       // end the connection after this
  bool cold_start = false;  // it had to wait for a process to start; for metrics, as is the next
  std::chrono::steady_clock::duration engine_time{};
  std::string log_detail = {};      // why, for the log only
  std::optional<Later> later = {};  // if set, the rest does not matter

  void set(std::string_view name, std::string value) { headers.emplace_back(name, std::move(value)); }
  bool is_stream() const { return std::holds_alternative<StreamBody>(body); }
  // The body, unless it is a SourceBody or a StreamBody.
  std::string_view text() const {
    if (const auto* const shared = std::get_if<SharedText>(&body)) return shared->text;
    return std::get<std::string>(body);
  }
  std::uint64_t content_length() const {
    if (is_stream()) return 0;  // not known
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
