#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tintype::config {

// How many characters must be inserted, removed or replaced to get from `a` to `b` (Levenshtein), ignoring ASCII case.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first of `known` with the smallest distance to `name`. `known` must not be empty.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

}  // namespace tintype::config
