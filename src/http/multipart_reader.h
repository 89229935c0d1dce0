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
  // members: see multipart_reader.cpp
};

// The boundary parameter of a multipart/form-data Content-Type, 1 to 70 characters (RFC 2046 section 5.1.1);
// nullopt if the type is another or the boundary is missing or malformed.
std::optional<std::string> boundary_of(std::string_view content_type);

}  // namespace tintype::http
