#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tintype {

// The value of the header webhook-signature, by HMAC-SHA256 (Standard Webhooks 1.0.0, "Signature scheme"). `timestamp`
// is that of the attempt, in seconds since 1970.
std::string webhook_signature(std::span<const std::byte> key, std::string_view id, std::int64_t timestamp,
                              std::string_view body);

}  // namespace tintype
