#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace tintype {

// What an address is for, if it is not one of a host on the public internet: "private network", "loopback" and so on,
// by IANA's registries of special-purpose, multicast and global unicast addresses. An IPv6 address that stands for an
// IPv4 one (mapped, NAT64, 6to4) is taken for that. nullopt: it is a public one. What is neither IPv4 nor IPv6 is not.
std::optional<std::string_view> special_purpose(const sockaddr& address);

// "192.0.2.1", "2001:db8::1", without a port.
std::string address_text(const sockaddr& address);

// The same of an address that is written out, as in the host of a URL without brackets; nullopt also if `text` is none.
std::optional<std::string_view> special_purpose(const std::string& text);

}  // namespace tintype
