#include "adapters/queue_sqs/message.h"

#include <algorithm>
#include <limits>

#include <boost/json.hpp>

#include "adapters/aws/json_text.h"
#include "base/text.h"

namespace tintype::sqs {
namespace {

using aws::text_in;
using boost::json::object;

constexpr std::size_t kLongestReason = 1000;  // bytes
// Names, types and numbers of all attributes of a message.
constexpr std::size_t kAttributeOverhead = 128;

void add(object& attributes, std::string_view name, const char* type, std::string_view text) {
  if (text.empty()) return;  // SQS refuses an empty value
  attributes[name] = object{{"DataType", type}, {"StringValue", boost::json::string(text)}};
}

const object* object_in(const object& parent, std::string_view name) {
  const auto* const found = parent.if_contains(name);
  return found != nullptr ? found->if_object() : nullptr;
}

std::string_view attribute_in(const object* attributes, std::string_view name) {
  const object* const found = attributes != nullptr ? object_in(*attributes, name) : nullptr;
  return found != nullptr ? text_in(*found, "StringValue") : std::string_view();
}

std::optional<UnixTime> time_in(std::string_view text) {
  // Until the year 9999.
  constexpr std::uint64_t kLatest = 253'402'300'799'999;
  const auto number = parse_unsigned(text);
  if (!number || *number > kLatest) return std::nullopt;
  return UnixTime(std::chrono::milliseconds(static_cast<std::int64_t>(*number)));
}

int count_in(std::string_view text) {
  constexpr std::uint64_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(parse_unsigned(text).value_or(0), kMost));
}

Message read_message(const object& json) {
  const object* const own = object_in(json, "MessageAttributes");
  const object* const system = object_in(json, "Attributes");
  const std::string_view sent = system != nullptr ? text_in(*system, "SentTimestamp") : std::string_view();
  const std::string_view count = system != nullptr ? text_in(*system, "ApproximateReceiveCount") : std::string_view();
  return {.id = std::string(text_in(json, "MessageId")),
          .receipt = std::string(text_in(json, "ReceiptHandle")),
          .letter = {.job = {.key = std::string(attribute_in(own, "key")), .body = std::string(text_in(json, "Body"))},
                     .pushed_at = time_in(attribute_in(own, "pushed-at")),
                     .attempts = count_in(attribute_in(own, "attempts")),
                     .reason = std::string(attribute_in(own, "reason"))},
          .receive_count = std::max(1, count_in(count)),
          .sent_at = time_in(sent).value_or(UnixTime())};
}

// U+FFFE and U+FFFF, the two that SQS refuses beside control characters.
bool is_noncharacter(std::string_view text) {
  return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

bool continues_a_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

object as_json(const Letter& letter) {
  object attributes;
  add(attributes, "key", "String", letter.job.key);
  if (letter.pushed_at) {
    add(attributes, "pushed-at", "Number", std::to_string(letter.pushed_at->time_since_epoch().count()));
  }
  if (letter.attempts > 0) add(attributes, "attempts", "Number", std::to_string(letter.attempts));
  add(attributes, "reason", "String", printable(letter.reason));
  object json{{"MessageBody", letter.job.body}};
  if (!attributes.empty()) json["MessageAttributes"] = std::move(attributes);
  return json;
}

std::size_t size_of(const Letter& letter) {
  return letter.job.body.size() + letter.job.key.size() + std::min(letter.reason.size(), kLongestReason) +
         kAttributeOverhead;
}

std::vector<Message> read_messages(const object& answer) {
  std::vector<Message> messages;
  const auto* const list = answer.if_contains("Messages");
  if (list == nullptr || !list->is_array()) return messages;
  for (const auto& json : list->get_array()) {
    if (!json.is_object()) continue;
    Message message = read_message(json.get_object());
    if (!message.receipt.empty()) messages.push_back(std::move(message));
  }
  return messages;
}

std::string printable(std::string_view text) {
  std::size_t end = std::min(text.size(), kLongestReason);
  const bool is_utf8_text = is_utf8(text);
  while (end < text.size() && end > 0 && continues_a_character(text[end])) --end;
  std::string result;
  result.reserve(end);
  for (std::size_t i = 0; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_control = byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
    if (is_noncharacter(text.substr(i))) {
      result += '?';
      i += 2;
    } else {
      result += is_control || (byte >= 0x80 && !is_utf8_text) ? '?' : text[i];
    }
  }
  return result;
}

}  // namespace tintype::sqs
