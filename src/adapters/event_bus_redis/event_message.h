#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/image_id.h"
#include "model/user_id.h"

namespace tintype {

// What processes tell each other of an event, as text: "ORIGIN IMAGE USER", separated by single spaces. The user is
// last, because a user id may hold spaces.
struct EventMessage {
  std::string origin;  // of which process: 16 hex digits in lower case
  ImageId image;
  UserId user;

  friend bool operator==(const EventMessage&, const EventMessage&) = default;
};

std::string encode(const EventMessage& message);
// nullopt for anything that encode() does not make.
std::optional<EventMessage> parse_event_message(std::string_view text);

}  // namespace tintype
