// DESIGN. A part's data ends with CRLF "--" boundary, and any slice may end inside of that. The bytes of a delimiter
// that has begun need not be kept: they are a prefix of a string we have, so a length is enough, and they are passed on
// from that string if it was no delimiter after all. CR occurs in a delimiter only as its first byte (a boundary has
// none), so after a mismatch no other delimiter can have begun within the matched bytes, and searching goes on with the
// byte that did not match.
//
// A delimiter counts only if "--" or white space and CRLF follow. RFC 2046 section 5.1.1 lets a reader take any line
// that begins with the boundary for one; we pass on other lines as data, so that no bytes are lost.
#include "http/multipart_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/text.h"
#include "http/content_disposition.h"

namespace tintype::http {
namespace {

constexpr std::string_view kCrLf = "\r\n";
constexpr std::size_t kMaxBoundary = 70;
constexpr std::size_t kMaxPadding = 64;  // white space after a boundary that is still taken for padding

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::ValidationFailed, std::move(message));
}
tl::unexpected<Error> bare_line_feed() {
  return malformed("a line of the form ends in LF alone; boundary and header lines must end in CRLF");
}

enum class DelimiterEnd { Incomplete, NextPart, Final, BareLineFeed, None };

// What `text`, the bytes behind a delimiter, makes of it.
DelimiterEnd classify(std::string_view text) {
  if (text == "--") return DelimiterEnd::Final;
  if (text == "-") return DelimiterEnd::Incomplete;
  const std::size_t padding = text.find_first_not_of(" \t");
  if (padding == std::string_view::npos) {
    return text.size() <= kMaxPadding ? DelimiterEnd::Incomplete : DelimiterEnd::None;
  }
  const std::string_view line_end = text.substr(padding);
  if (line_end == "\r") return DelimiterEnd::Incomplete;
  if (line_end == kCrLf) return DelimiterEnd::NextPart;
  return line_end == "\n" ? DelimiterEnd::BareLineFeed : DelimiterEnd::None;
}

std::size_t find(std::string_view bytes, std::string_view wanted) {
  // memmem(3), since string_view::find stops at every CR: 40 MB/s on data that is all CR, against 160 (glibc 2.36).
  const void* at = ::memmem(bytes.data(), bytes.size(), wanted.data(), wanted.size());
  return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
}

// How many bytes at the end of `bytes` may be the beginning of `wanted`, whose first byte occurs in it only once.
std::size_t begun(std::string_view bytes, std::string_view wanted) {
  const std::size_t first = bytes.rfind(wanted.front());
  if (first == std::string_view::npos || !wanted.starts_with(bytes.substr(first))) return 0;
  return bytes.size() - first;
}

// The lines of a header block, with the continuation lines of RFC 5322 section 2.2.3 appended to what they continue.
std::vector<std::string> unfold(std::string_view block) {
  std::vector<std::string> lines;
  while (!block.empty()) {
    const std::size_t end = block.find(kCrLf);
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(end + kCrLf.size());
    if (line.empty()) continue;
    const bool continues = line.front() == ' ' || line.front() == '\t';
    if (continues && !lines.empty()) {
      lines.back().append(" ").append(trim(line));
    } else {
      lines.emplace_back(line);
    }
  }
  return lines;
}

// The fields of a part's header that mean something to a form.
struct PartFields {
  std::optional<std::string> disposition;
  std::optional<std::string> type;
  std::optional<std::string> encoding;
};

Result<void> read_field(std::string_view line, PartFields& fields) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const bool well_formed = colon != std::string_view::npos && !name.empty() &&
                           name.find_first_of(" \t") == std::string_view::npos && !has_control_characters(line, "\t");
  if (!well_formed) return malformed("a header line of a part is malformed; write 'Name: value'");

  std::optional<std::string>* field = iequals(name, "Content-Disposition")         ? &fields.disposition
                                      : iequals(name, "Content-Type")              ? &fields.type
                                      : iequals(name, "Content-Transfer-Encoding") ? &fields.encoding
                                                                                   : nullptr;
  if (field == nullptr) return {};
  if (*field) return malformed("a part has a header field twice: " + std::string(name));
  *field = trim(line.substr(colon + 1));
  return {};
}

// RFC 7578 section 4.7: no transfer encoding, but some senders name one that changes nothing.
bool is_identity(std::string_view encoding) {
  return iequals(encoding, "binary") || iequals(encoding, "8bit") || iequals(encoding, "7bit");
}

Result<FormPart> parse_part(std::string_view header_block) {
  PartFields fields;
  for (const std::string& line : unfold(header_block)) {
    if (auto read = read_field(line, fields); !read) return fail(read.error());
  }
  if (!fields.disposition) {
    return malformed("a part has no name; it needs the header 'Content-Disposition: form-data; name=\"...\"'");
  }
  if (fields.encoding && !is_identity(*fields.encoding)) {
    return malformed("a part has a Content-Transfer-Encoding; send its bytes as they are");
  }
  auto disposition = parse_form_disposition(*fields.disposition);
  if (!disposition) return fail(disposition.error());
  return FormPart{std::move(disposition->name), std::move(disposition->filename),
                  std::move(fields.type).value_or(std::string())};
}

// RFC 2046 section 5.1.1: bchars, the last of which is not a space.
bool is_boundary(std::string_view text) {
  constexpr std::string_view kPunctuation = "'()+_,-./:=? ";
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPunctuation.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kMaxBoundary && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

// The first delimiter may stand at the very beginning: as if a line had ended there.
MultipartReader::MultipartReader(FormSink& sink, std::string_view boundary)
    : sink_(sink), crlf_delimiter_("\r\n--" + std::string(boundary)), matched_(1), not_data_(1) {}

Result<void> MultipartReader::feed(std::string_view bytes) {
  while (!error_ && !bytes.empty()) {
    if (auto read = step(bytes); !read) error_ = read.error();
  }
  if (error_) return fail(*error_);
  return {};
}

Result<void> MultipartReader::finish() {
  if (!error_ && state_ != State::Epilogue) {
    std::string message = "the form ends before its final boundary";
    if (state_ == State::Preamble) message += "; the boundary that Content-Type names does not occur in it";
    error_ = Error{ErrorCode::ValidationFailed, std::move(message)};
  }
  if (error_) return fail(*error_);
  return {};
}

Result<void> MultipartReader::step(std::string_view& bytes) {
  switch (state_) {
    case State::Preamble:
    case State::Data:
      return matched_ > 0 ? continue_delimiter(bytes) : search_delimiter(bytes);
    case State::AfterDelimiter:
      return read_delimiter_end(bytes);
    case State::Headers:
      return read_headers(bytes);
    case State::Epilogue:
      break;
  }
  bytes = {};
  return {};
}

// In a preamble LF is enough before the delimiter: no data is lost by it, and a form written with LF throughout gets
// the error that says so.
std::string_view MultipartReader::delimiter() const {
  return std::string_view(crlf_delimiter_).substr(in_part_ ? 0 : 1);
}

Result<void> MultipartReader::search_delimiter(std::string_view& bytes) {
  const std::size_t at = find(bytes, delimiter());
  const bool found = at != std::string_view::npos;
  const std::size_t data_size = found ? at : bytes.size() - begun(bytes, delimiter());
  const std::string_view data = bytes.substr(0, data_size);
  matched_ = found ? delimiter().size() : bytes.size() - data_size;
  bytes.remove_prefix(data_size + matched_);
  if (found) state_ = State::AfterDelimiter;
  return emit(data);
}

Result<void> MultipartReader::continue_delimiter(std::string_view& bytes) {
  const std::string_view wanted = delimiter().substr(matched_, bytes.size());
  if (!bytes.starts_with(wanted)) {
    const std::string_view data = delimiter().substr(not_data_, matched_ - not_data_);
    matched_ = not_data_ = 0;
    return emit(data);
  }
  bytes.remove_prefix(wanted.size());
  matched_ += wanted.size();
  if (matched_ == delimiter().size()) state_ = State::AfterDelimiter;
  return {};
}

Result<void> MultipartReader::read_delimiter_end(std::string_view& bytes) {
  delimiter_end_ += bytes.front();
  const DelimiterEnd end = classify(delimiter_end_);
  if (end == DelimiterEnd::None) {
    delimiter_end_.pop_back();  // stays in `bytes`
    return delimiter_was_data();
  }
  bytes.remove_prefix(1);
  switch (end) {
    case DelimiterEnd::NextPart:
      return leave_delimiter(State::Headers);
    case DelimiterEnd::Final:
      return leave_delimiter(State::Epilogue);
    case DelimiterEnd::BareLineFeed:
      return bare_line_feed();
    default:
      return {};
  }
}

Result<void> MultipartReader::leave_delimiter(State next) {
  state_ = next;
  delimiter_end_.clear();
  headers_.clear();
  if (!std::exchange(in_part_, false)) return {};
  return sink_.on_part_end();
}

// None of these bytes can begin the next delimiter: a CR behind the boundary is not followed by LF, or it would have
// ended the line.
Result<void> MultipartReader::delimiter_was_data() {
  state_ = in_part_ ? State::Data : State::Preamble;
  const std::string_view whole = delimiter().substr(not_data_);
  matched_ = not_data_ = 0;
  return emit(std::string(whole) + std::exchange(delimiter_end_, {}));
}

Result<void> MultipartReader::read_headers(std::string_view& bytes) {
  const std::size_t room = kMaxHeaderBytes - headers_.size();
  const std::size_t line_feed = bytes.substr(0, room).find('\n');
  const std::string_view taken = bytes.substr(0, line_feed == std::string_view::npos ? room : line_feed + 1);
  headers_ += taken;
  bytes.remove_prefix(taken.size());
  if (headers_.ends_with('\n') && !headers_.ends_with(kCrLf)) return bare_line_feed();
  if (headers_ == kCrLf || headers_.ends_with("\r\n\r\n")) return begin_part();
  if (headers_.size() < kMaxHeaderBytes) return {};
  return malformed("the header of a part is longer than " + std::to_string(kMaxHeaderBytes) +
                   " bytes, or lacks the empty line after it");
}

Result<void> MultipartReader::begin_part() {
  if (++parts_ > kMaxParts) return malformed("the form has more than " + std::to_string(kMaxParts) + " parts");
  auto part = parse_part(headers_);
  if (!part) return fail(part.error());
  state_ = State::Data;
  in_part_ = true;
  matched_ = not_data_ = kCrLf.size();  // a delimiter right behind the header's empty line ends an empty part
  return sink_.on_part(*part);
}

Result<void> MultipartReader::emit(std::string_view data) {
  if (!in_part_ || data.empty()) return {};
  return sink_.on_data(data);
}

std::optional<std::string> boundary_of(std::string_view content_type) {
  if (!iequals(trim(content_type.substr(0, content_type.find(';'))), "multipart/form-data")) return std::nullopt;
  const auto parameters = parse_parameters(content_type);
  if (!parameters) return std::nullopt;
  std::optional<std::string> boundary;
  for (const HeaderParameter& parameter : *parameters) {
    if (parameter.name != "boundary") continue;
    if (boundary || !is_boundary(parameter.value)) return std::nullopt;
    boundary = parameter.value;
  }
  return boundary;
}

}  // namespace tintype::http
