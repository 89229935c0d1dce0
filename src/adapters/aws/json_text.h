#pragma once

#include <string_view>

#include <boost/json/object.hpp>

namespace tintype::aws {

// The text of a member; "" if there is none or it is no text. Valid as long as `object`.
inline std::string_view text_in(const boost::json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  const auto* const text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
}

}  // namespace tintype::aws
