// Whatever arrives: no crash, events in their order, and the same events however the bytes were sliced.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "http/content_disposition.h"
#include "http/multipart_reader.h"

namespace {

using namespace tintype;
using namespace tintype::http;

void require(bool holds) {
  if (!holds) std::abort();
}

class Recorder final : public FormSink {
 public:
  Result<void> on_part(const FormPart& part) override {
    require(!in_part_ && !part.name.empty());
    in_part_ = true;
    log += "P" + part.name + "|" + part.filename.value_or("-") + "|" + part.content_type + "{";
    return {};
  }
  Result<void> on_data(std::string_view data) override {
    require(in_part_ && !data.empty());
    log += data;
    return {};
  }
  Result<void> on_part_end() override {
    require(in_part_);
    in_part_ = false;
    log += "}";
    return {};
  }

  std::string log;

 private:
  bool in_part_ = false;
};

// Slices of at most `longest` bytes; the whole at once for 0.
std::string read(std::string_view body, std::string_view boundary, unsigned longest, std::minstd_rand random) {
  Recorder recorder;
  MultipartReader reader(recorder, boundary);
  while (!body.empty()) {
    const std::size_t size = longest == 0 ? body.size() : std::min<std::size_t>(body.size(), random() % (longest + 1));
    const std::string slice(body.substr(0, size));  // its own allocation, so that a read behind it is seen
    body.remove_prefix(size);
    if (!reader.feed(slice)) break;
  }
  const auto finished = reader.finish();
  return recorder.log + (finished ? " ok" : " " + finished.error().public_message);
}

}  // namespace

// The first byte chooses the slices and whether the first line is a Content-Type; the rest is the form.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(bytes), size);
  if (input.empty()) return 0;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);

  std::string boundary = "b";
  if ((choice & 1) != 0) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    boundary = boundary_of(input.substr(0, end)).value_or(boundary);
    input.remove_prefix(end);
  }
  (void)parse_form_disposition(input);
  const std::string whole = read(input, boundary, 0, std::minstd_rand(1));
  require(read(input, boundary, 1U + choice / 8U, std::minstd_rand(choice + 1U)) == whole);
  return 0;
}
