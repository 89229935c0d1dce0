#include "adapters/aws/fields.h"

#include "base/text.h"

namespace tintype::aws {

const std::string* find_field(const Fields& fields, std::string_view name) {
  for (const auto& field : fields) {
    if (iequals(field.first, name)) return &field.second;
  }
  return nullptr;
}

std::string_view field_or_empty(const Fields& fields, std::string_view name) {
  const std::string* const value = find_field(fields, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

}  // namespace tintype::aws
