#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tintype::http {

// One part of a form, as its headers describe it (RFC 7578 section 4).
struct FormPart {
  std::string name;
  std::optional<std::string> filename;  // from filename* (RFC 5987/8187, UTF-8 or ISO-8859-1) if valid, else filename
  std::string content_type;             // as sent, empty if absent
};

// Receives a form while it arrives. An error ends the reading and is what feed() returns.
class FormSink {
 public:
  virtual ~FormSink() = default;
  virtual Result<void> on_part(const FormPart& part) = 0;
  virtual Result<void> on_data(std::string_view data) = 0;  // zero or more times for a part, never empty
  virtual Result<void> on_part_end() = 0;
};

// Reads multipart/form-data incrementally: any slicing of the same bytes gives the same events. Keeps at most one
// delimiter and one header block (8 KiB) in memory; part data is passed on without a copy.
//
// Lenient where clients in use are: white space after a boundary, a preamble, an epilogue, LF after the last boundary.
// Strict where bytes could be lost: a form whose final boundary never came is an error in finish().
class MultipartReader {
 public:
  static constexpr std::size_t kMaxHeaderBytes = 8192;
  static constexpr int kMaxParts = 64;

  // `sink` must outlive the reader. `boundary` as boundary_of gives it.
  MultipartReader(FormSink& sink, std::string_view boundary);

  // Errors: ValidationFailed for malformed input, or what the sink returned. After an error the reader only repeats it.
  Result<void> feed(std::string_view bytes);
  // The body has ended. ValidationFailed unless the final boundary was seen.
  Result<void> finish();

 private:
  enum class State { Preamble, AfterDelimiter, Headers, Data, Epilogue };

  // Each reads one or more bytes off the front of `bytes`, or changes the state.
  Result<void> step(std::string_view& bytes);
  Result<void> search_delimiter(std::string_view& bytes);
  Result<void> continue_delimiter(std::string_view& bytes);
  Result<void> read_delimiter_end(std::string_view& bytes);
  Result<void> read_headers(std::string_view& bytes);

  Result<void> begin_part();
  Result<void> leave_delimiter(State next);
  Result<void> delimiter_was_data();
  Result<void> emit(std::string_view data);
  std::string_view delimiter() const;

  FormSink& sink_;
  std::string crlf_delimiter_;  // CRLF "--" boundary
  State state_ = State::Preamble;
  bool in_part_ = false;       // on_part was called and on_part_end was not
  std::size_t matched_;        // how much of delimiter() the bytes so far end with
  std::size_t not_data_;       // of those, how many were passed before the data began
  std::string delimiter_end_;  // what followed the delimiter, until it is clear whether it was one
  std::string headers_;        // the header block so far
  int parts_ = 0;
  std::optional<Error> error_;  // what ended the reading
};

// The boundary parameter of a multipart/form-data Content-Type, 1 to 70 characters (RFC 2046 section 5.1.1);
// nullopt if the type is another or the boundary is missing or malformed.
std::optional<std::string> boundary_of(std::string_view content_type);

}  // namespace tintype::http
