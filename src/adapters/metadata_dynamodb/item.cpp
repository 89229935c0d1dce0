#include "adapters/metadata_dynamodb/item.h"

#include <charconv>

#include <boost/json.hpp>

#include "base/json_object.h"

namespace tintype::dynamodb {
namespace {

boost::json::value typed(const char* type, boost::json::value value) {
  boost::json::object object;
  object.emplace(type, std::move(value));
  return object;
}

// The value of `type` in an AttributeValue.
const boost::json::value* typed_in(const boost::json::value& attribute, std::string_view type) {
  return attribute.is_object() ? attribute.get_object().if_contains(type) : nullptr;
}

const boost::json::value* typed_in(const Item& item, std::string_view name, std::string_view type) {
  const auto* const attribute = item.if_contains(name);
  return attribute != nullptr ? typed_in(*attribute, type) : nullptr;
}

std::optional<std::string> text_in(const boost::json::value& attribute) {
  const auto* const text = typed_in(attribute, "S");
  if (text != nullptr && text->is_string()) return std::string(text->get_string());
  return typed_in(attribute, "NULL") != nullptr ? std::optional(std::string()) : std::nullopt;
}

template <typename Number>
std::optional<Number> parsed(const Item& item, std::string_view name) {
  const auto* const value = typed_in(item, name, "N");
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& text = value->get_string();
  Number number{};
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  return error == std::errc() && end == text.end() ? std::optional(number) : std::nullopt;
}

}  // namespace

boost::json::value text_value(std::string_view text) {
  return text.empty() ? typed("NULL", true) : typed("S", boost::json::string(text));
}

boost::json::value number_value(std::int64_t number) {
  return typed("N", boost::json::string(std::to_string(number)));
}

boost::json::value number_value(double number) {
  std::string text;
  append_json_number(text, number);
  return typed("N", boost::json::string(text));
}

boost::json::value list_value(std::span<const std::string> texts) {
  boost::json::array array;
  for (const std::string& text : texts) array.push_back(text_value(text));
  return typed("L", std::move(array));
}

boost::json::value map_value(Item item) {
  return typed("M", std::move(item));
}

void set_text(Item& item, std::string_view name, const std::optional<std::string>& text) {
  if (text) {
    item.insert_or_assign(name, text_value(*text));
  } else {
    item.erase(name);
  }
}

std::optional<std::string> text_of(const Item& item, std::string_view name) {
  const auto* const attribute = item.if_contains(name);
  return attribute != nullptr ? text_in(*attribute) : std::nullopt;
}

std::optional<std::int64_t> number_of(const Item& item, std::string_view name) {
  return parsed<std::int64_t>(item, name);
}

std::optional<double> real_of(const Item& item, std::string_view name) {
  return parsed<double>(item, name);
}

std::optional<std::vector<std::string>> list_of(const Item& item, std::string_view name) {
  const auto* const list = typed_in(item, name, "L");
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const boost::json::value& element : list->get_array()) {
    auto text = text_in(element);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

const Item* map_of(const Item& item, std::string_view name) {
  const auto* const map = typed_in(item, name, "M");
  return map != nullptr ? map->if_object() : nullptr;
}

}  // namespace tintype::dynamodb
