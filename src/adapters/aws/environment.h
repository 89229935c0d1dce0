#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tintype::aws {

// Environment variables, as a value, so that tests can make some up. Immutable after construction.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables) : variables_(std::move(variables)) {}
  // From "NAME=value" entries.
  static Environment of_entries(std::span<const std::string> entries);
  // That of this process.
  static Environment of_process();

  // nullopt for one that is not set, or is set to nothing.
  std::optional<std::string> get(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace tintype::aws
