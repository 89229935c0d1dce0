#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tintype::redis {

using Command = std::vector<std::string>;  // a command and its arguments, binary safe

// What Redis answered to one command (RESP2, redis.io/docs/reference/protocol-spec).
struct Reply {
  enum class Type { Nil, Integer, Text, Array, Error };  // Text: simple and bulk strings
  Type type = Type::Nil;
  std::int64_t integer = 0;
  std::string text = {};             // of Text, and of Error: "WRONGTYPE Operation against …"
  std::vector<Reply> elements = {};  // of Array

  bool is_error() const { return type == Type::Error; }
};

}  // namespace tintype::redis
