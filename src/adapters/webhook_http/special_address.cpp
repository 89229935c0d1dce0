// DESIGN
// IPv4 addresses are looked up as IPv6 ones, mapped (RFC 4291 section 2.5.5.2), so that there is one table. What it has
// no row for is public if it is IPv4, or within 2000::/3, the only part of IPv6 that is given to hosts on the internet:
// a prefix that gets a purpose later is refused until then. Parts of 192.0.0.0/24 and 2001::/23 are globally reachable
// but for protocols (anycast, TURN, AS112), and refused with the rest.
#include "adapters/webhook_http/special_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace tintype {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Row {
  const char* prefix;
  int bits;
  std::string_view purpose;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, -ipv6-special-registry, multicast-addresses and
// ipv6-address-space, as of 2026; the RFC is the registry's.
constexpr Row kRows[] = {
    {"0.0.0.0", 8, "this network"},            // RFC 791
    {"10.0.0.0", 8, "private network"},        // RFC 1918
    {"100.64.0.0", 10, "carrier-grade NAT"},   // RFC 6598
    {"127.0.0.0", 8, "loopback"},              // RFC 1122
    {"169.254.0.0", 16, "link-local"},         // RFC 3927
    {"172.16.0.0", 12, "private network"},     // RFC 1918
    {"192.0.0.0", 24, "protocol assignment"},  // RFC 6890
    {"192.0.2.0", 24, "documentation"},        // RFC 5737
    {"192.88.99.0", 24, "6to4 relay"},         // RFC 7526
    {"192.168.0.0", 16, "private network"},    // RFC 1918
    {"198.18.0.0", 15, "benchmarking"},        // RFC 2544
    {"198.51.100.0", 24, "documentation"},     // RFC 5737
    {"203.0.113.0", 24, "documentation"},      // RFC 5737
    {"224.0.0.0", 4, "multicast"},             // RFC 5771
    {"255.255.255.255", 32, "broadcast"},      // RFC 919
    {"240.0.0.0", 4, "reserved"},              // RFC 1112
    {"::", 128, "unspecified"},                // RFC 4291
    {"::1", 128, "loopback"},                  // RFC 4291
    {"64:ff9b:1::", 48, "local NAT64"},        // RFC 8215
    {"100::", 64, "discard-only"},             // RFC 6666
    {"2001::", 23, "protocol assignment"},     // RFC 2928: Teredo, ORCHID, benchmarking and others
    {"2001:db8::", 32, "documentation"},       // RFC 3849
    {"3fff::", 20, "documentation"},           // RFC 9637
    {"5f00::", 16, "segment routing"},         // RFC 9602
    {"fc00::", 7, "private network"},          // RFC 4193
    {"fe80::", 10, "link-local"},              // RFC 4291
    {"fec0::", 10, "private network"},         // RFC 3879
    {"ff00::", 8, "multicast"},                // RFC 4291
};

constexpr Bytes kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

Bytes mapped(const void* four_bytes) {
  Bytes bytes = kMapped;
  std::memcpy(bytes.data() + 12, four_bytes, 4);
  return bytes;
}

std::optional<Bytes> parse(const char* text) {
  Bytes bytes{};
  std::uint8_t four[4];
  if (::inet_pton(AF_INET, text, four) == 1) return mapped(four);
  if (::inet_pton(AF_INET6, text, bytes.data()) == 1) return bytes;
  return std::nullopt;
}

bool begins_with(const Bytes& address, const Bytes& prefix, int bits) {
  for (int i = 0; i < bits; i += 8) {
    const int mask = bits - i >= 8 ? 0xff : 0xff << (8 - (bits - i)) & 0xff;
    if (((address[static_cast<std::size_t>(i / 8)] ^ prefix[static_cast<std::size_t>(i / 8)]) & mask) != 0)
      return false;
  }
  return true;
}

bool begins_with(const Bytes& address, const char* prefix, int bits) {
  const auto parsed = parse(prefix);
  if (!parsed) std::abort();  // of the table above
  return begins_with(address, *parsed, parsed && std::strchr(prefix, ':') == nullptr ? bits + kMappedBits : bits);
}

// The IPv4 address that is meant, mapped, if there is one.
Bytes without_translation(const Bytes& address) {
  if (begins_with(address, "64:ff9b::", 96)) return mapped(address.data() + 12);  // RFC 6052
  if (begins_with(address, "2002::", 16)) return mapped(address.data() + 2);      // RFC 3056
  return address;
}

std::optional<std::string_view> purpose_of(const Bytes& address) {
  const Bytes meant = without_translation(address);
  const auto found =
      std::ranges::find_if(kRows, [&](const Row& row) { return begins_with(meant, row.prefix, row.bits); });
  if (found != std::end(kRows)) return found->purpose;
  const bool is_public = begins_with(meant, kMapped, kMappedBits) || begins_with(meant, "2000::", 3);
  return is_public ? std::nullopt : std::optional<std::string_view>("not in use");
}

std::optional<Bytes> bytes_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return mapped(&four.sin_addr);
  }
  if (address.sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof six);
  Bytes bytes{};
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return bytes;
}

}  // namespace

std::optional<std::string_view> special_purpose(const sockaddr& address) {
  const auto bytes = bytes_of(address);
  return bytes ? purpose_of(*bytes) : "not of the internet";
}

std::optional<std::string_view> special_purpose(const std::string& text) {
  const auto bytes = parse(text.c_str());
  return bytes ? purpose_of(*bytes) : std::nullopt;
}

std::string address_text(const sockaddr& address) {
  const auto bytes = bytes_of(address);
  if (!bytes) return "(unknown)";
  char text[INET6_ADDRSTRLEN] = {};
  if (address.sa_family == AF_INET) {
    ::inet_ntop(AF_INET, bytes->data() + 12, text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, bytes->data(), text, sizeof text);
  }
  return text;
}

}  // namespace tintype
