#pragma once

#include <string>
#include <string_view>

namespace tintype::http {

// The client's own id if it is 1 to 128 characters of [A-Za-z0-9._-], so that it can go into the log as it is;
// otherwise a new one, unique among processes and cheap: it needs no system call.
std::string request_id_from(std::string_view header);

}  // namespace tintype::http
