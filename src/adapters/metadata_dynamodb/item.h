// Items as DynamoDB's JSON has them (Amazon DynamoDB API Reference, "AttributeValue").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace tintype::dynamodb {

// Names of attributes and their values, each value an object with one member, its type: {"width": {"N": "640"}}.
using Item = boost::json::object;

// An empty text is {"NULL": true}: not every engine takes {"S": ""}.
boost::json::value text_value(std::string_view text);
boost::json::value number_value(std::int64_t number);
boost::json::value number_value(double number);
boost::json::value list_value(std::span<const std::string> texts);
boost::json::value map_value(Item item);

// Adds the attribute, or takes it out if there is no value.
void set_text(Item& item, std::string_view name, const std::optional<std::string>& text);

// nullopt, or null, if there is no such attribute or it has another type.
std::optional<std::string> text_of(const Item& item, std::string_view name);
std::optional<std::int64_t> number_of(const Item& item, std::string_view name);
std::optional<double> real_of(const Item& item, std::string_view name);
std::optional<std::vector<std::string>> list_of(const Item& item, std::string_view name);
const Item* map_of(const Item& item, std::string_view name);

}  // namespace tintype::dynamodb
