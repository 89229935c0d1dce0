#include "adapters/metadata_dynamodb/expression.h"

#include <algorithm>
#include <cctype>

namespace tintype::dynamodb {

boost::json::object names_in(std::string_view expression) {
  const auto is_letter = [](unsigned char c) { return std::isalnum(c) != 0; };
  boost::json::object names;
  for (std::size_t at = expression.find('#'); at != std::string_view::npos; at = expression.find('#', at + 1)) {
    const std::string_view rest = expression.substr(at + 1);
    const auto length = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_letter) - rest.begin());
    names.insert_or_assign(expression.substr(at, length + 1), boost::json::string(rest.substr(0, length)));
  }
  return names;
}

}  // namespace tintype::dynamodb
