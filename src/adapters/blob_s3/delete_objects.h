#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tintype::s3 {

// The most keys that one DeleteObjects takes.
inline constexpr std::size_t kDeletedAtOnce = 1000;

// The body of a DeleteObjects whose answer tells failures only (Quiet).
std::string delete_body(std::span<const std::string> keys);

struct DeleteFailure {
  std::string key;
  std::string code;
  std::string message;
};
// From the answer: 200 says that it is there, not that the objects are gone. That a key was missing is no failure.
// nullopt if `xml` is no such answer.
std::optional<std::vector<DeleteFailure>> parse_delete_failures(std::string_view xml);

}  // namespace tintype::s3
