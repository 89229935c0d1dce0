#include "http/upload_body.h"

#include "base/text.h"
#include "http/image_fields.h"
#include "model/image_format.h"

namespace tintype::http {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;
constexpr std::size_t kSignatureBytes = 12;  // what detect_format needs

tl::unexpected<Error> too_large(std::uint64_t limit) {
  Error error{ErrorCode::FileTooLarge, "the file is larger than " + std::to_string(limit) + " bytes"};
  error.members.push_back({"limit", static_cast<std::int64_t>(limit)});
  return fail(std::move(error));
}

}  // namespace

UploadBody::UploadBody(UploadLimits limits, std::optional<std::string> boundary, std::vector<Parameter> text_fields,
                       std::string filename)
    : limits_(std::move(limits)), fields_(std::move(text_fields)), filename_(std::move(filename)) {
  FormSink& sink = *this;
  if (boundary) form_.emplace(sink, *boundary);
}

Result<void> UploadBody::write(std::span<const std::byte> bytes) {
  if (form_) {
    form_bytes_ += bytes.size();  // counts what no part does: an endless preamble or epilogue
    if (form_bytes_ > limits_.max_file_bytes + kFormOverhead) return too_large(limits_.max_file_bytes);
    return form_->feed(as_text(bytes));
  }
  if (!spool_) {
    if (auto begun = begin_file(); !begun) return begun;
  }
  return append_file(bytes);
}

Result<void> UploadBody::finish() {
  if (form_) {
    if (auto finished = form_->finish(); !finished) return finished;
  }
  if (!spool_) {
    return fail(ErrorCode::ValidationFailed,
                form_ ? "the form has no field \"file\" with the image"
                      : "the body is empty; send the image as the body or in a form field \"file\"");
  }
  if (!type_known_) return check_head();
  return {};
}

Result<ImageText> UploadBody::text() const {
  return image_text_from_fields(fields_);
}

Result<void> UploadBody::on_part(const FormPart& part) {
  in_file_ = part.name == "file";
  if (!in_file_) {
    fields_.push_back({part.name, {}});
    return {};
  }
  if (spool_)
    return fail(ErrorCode::ValidationFailed, "the form has more than one field \"file\"; send one image per request");
  if (part.filename) filename_ = *part.filename;
  return begin_file();
}

Result<void> UploadBody::on_data(std::string_view data) {
  if (in_file_) return append_file(as_bytes(data));
  text_bytes_ += data.size();
  if (text_bytes_ > kMaxTextBytes)
    return fail(ErrorCode::ValidationFailed, "the form's text fields are longer than 64 KiB");
  fields_.back().value += data;
  return {};
}

Result<void> UploadBody::on_part_end() {
  return {};
}

Result<void> UploadBody::begin_file() {
  auto spool = SpoolFile::create(limits_.spool_directory);
  if (!spool) return fail(spool.error());
  spool_.emplace(std::move(*spool));
  return {};
}

Result<void> UploadBody::append_file(std::span<const std::byte> bytes) {
  if (spool_->size() + bytes.size() > limits_.max_file_bytes) return too_large(limits_.max_file_bytes);
  if (!type_known_) {
    head_ += as_text(bytes.first(std::min(bytes.size(), kSignatureBytes - head_.size())));
    if (head_.size() == kSignatureBytes) {
      if (auto checked = check_head(); !checked) return checked;
    }
  }
  return spool_->append(bytes);
}

Result<void> UploadBody::check_head() {
  type_known_ = true;
  if (detect_format(as_bytes(head_))) return {};
  return fail(ErrorCode::InvalidFileType,
              head_.empty()
                  ? "the file is empty"
                  : "the file is not a JPEG, PNG or WebP image; its content decides, not its name or declared type");
}

}  // namespace tintype::http
