#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/spool_file.h"
#include "http/multipart_reader.h"
#include "http/request.h"
#include "model/image_record.h"

namespace tintype::http {

struct UploadLimits {
  std::uint64_t max_file_bytes = 0;
  std::filesystem::path spool_directory;
};

// The body of POST /images while it arrives: a form with a field `file`, or the raw image. The file goes to a spool
// file, so that a hundred slow uploads cost a hundred descriptors and no heap. Refuses as early as it can: what is not
// an image at its first bytes, what is too large at the byte that is too many.
class UploadBody final : public RequestBody, private FormSink {
 public:
  // `boundary` for a form, none for a raw image. `text_fields` are what the request said outside the body (query
  // parameters of a raw upload).
  UploadBody(UploadLimits limits, std::optional<std::string> boundary, std::vector<Parameter> text_fields,
             std::string filename);

  Result<void> write(std::span<const std::byte> bytes) override;
  Result<void> finish() override;

  // After finish():
  Result<std::span<const std::byte>> file() { return spool_->map(); }
  // Of the file, open for reading only; -1 if there is none.
  int file_descriptor() { return spool_->read_only_descriptor(); }
  const std::string& filename() const { return filename_; }
  // Error: ValidationFailed if a field is not what it should be.
  Result<ImageText> text() const;

  // Of a whole form, boundaries and text fields included; more is 413 by Content-Length alone.
  static constexpr std::uint64_t kFormOverhead = 128 * 1024;

 private:
  Result<void> on_part(const FormPart& part) override;
  Result<void> on_data(std::string_view data) override;
  Result<void> on_part_end() override;
  Result<void> begin_file();
  Result<void> append_file(std::span<const std::byte> bytes);
  Result<void> check_head();

  const UploadLimits limits_;
  std::optional<MultipartReader> form_;
  std::vector<Parameter> fields_;
  std::string filename_;
  std::optional<SpoolFile> spool_;
  std::string head_;  // the first bytes, until the type is known
  bool type_known_ = false;
  bool in_file_ = false;
  std::size_t text_bytes_ = 0;
  std::uint64_t form_bytes_ = 0;
};

}  // namespace tintype::http
