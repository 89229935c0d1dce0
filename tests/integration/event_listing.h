#pragma once

#include <string>
#include <vector>

namespace tintype::testing_support {

// What the event log of the server has of a user's images: "completed 01J…" and so on, in its order. Each event is
// listed once, though a stream may repeat some.
std::vector<std::string> events_of(const std::string& server_url, const std::string& user);

}  // namespace tintype::testing_support
