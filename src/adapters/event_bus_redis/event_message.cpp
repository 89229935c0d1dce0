#include "adapters/event_bus_redis/event_message.h"

namespace tintype {
namespace {

constexpr std::size_t kOriginLength = 16;
constexpr std::size_t kImageLength = 26;
constexpr std::size_t kUserAt = kOriginLength + 1 + kImageLength + 1;

}  // namespace

std::string encode(const EventMessage& message) {
  return message.origin + ' ' + message.image.text() + ' ' + message.user.text();
}

std::optional<EventMessage> parse_event_message(std::string_view text) {
  if (text.size() <= kUserAt || text[kOriginLength] != ' ' || text[kUserAt - 1] != ' ') return std::nullopt;
  const std::string_view origin = text.substr(0, kOriginLength);
  if (origin.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  const auto image = ImageId::parse(text.substr(kOriginLength + 1, kImageLength));
  const auto user = UserId::parse(text.substr(kUserAt));
  if (!image || !user) return std::nullopt;
  return EventMessage{std::string(origin), *image, *user};
}

}  // namespace tintype
