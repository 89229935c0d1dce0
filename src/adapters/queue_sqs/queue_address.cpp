#include "adapters/queue_sqs/queue_address.h"

#include <algorithm>

namespace tintype::sqs {
namespace {

constexpr std::string_view kDeadSuffix = "-dead";
constexpr std::size_t kLongestName = 80;  // CreateQueue, "QueueName"

bool may_be_in_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

Result<QueueAddress> parse_queue_address(std::string_view text) {
  const bool is_url = text.starts_with("https://") || text.starts_with("http://");
  const std::string_view name = is_url ? text.substr(text.rfind('/') + 1) : text;
  if (name.ends_with(".fifo")) {
    return fail(ErrorCode::ValidationFailed,
                "the queue " + std::string(name) + " is a FIFO queue; a standard one is needed");
  }
  const bool is_short = !name.empty() && name.size() + kDeadSuffix.size() <= kLongestName;
  if (!is_short || !std::ranges::all_of(name, may_be_in_a_name)) {
    return fail(ErrorCode::ValidationFailed, "\"" + std::string(text) +
                                                 "\" is no name of a queue, which has 1 to 75 letters, digits, '-' and "
                                                 "'_', nor its URL");
  }
  return QueueAddress{.name = std::string(name), .url = is_url ? std::string(text) : std::string()};
}

QueueAddress dead_letters_of(const QueueAddress& address) {
  const auto with_suffix = [](const std::string& text) {
    return text.empty() ? text : text + std::string(kDeadSuffix);
  };
  return {.name = with_suffix(address.name), .url = with_suffix(address.url)};
}

}  // namespace tintype::sqs
