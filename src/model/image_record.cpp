#include "model/image_record.h"

#include <array>

namespace tintype {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"pending", "processing", "completed", "failed"};

}  // namespace

std::string_view status_name(ProcessingStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::optional<ProcessingStatus> parse_status(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<ProcessingStatus>(i);
  }
  return std::nullopt;
}

}  // namespace tintype
