#pragma once

#include <map>
#include <string>

#include "base/text.h"
#include "http/request.h"

namespace tintype::testing_support {

// Header fields from a map; names in lower case.
class FakeHeaders final : public http::Headers {
 public:
  FakeHeaders(std::initializer_list<std::pair<const std::string, std::string>> fields = {}) : fields_(fields) {}
  std::string_view get(std::string_view name) const override {
    const auto found = fields_.find(to_lower(name));
    return found == fields_.end() ? std::string_view() : std::string_view(found->second);
  }

 private:
  std::map<std::string, std::string> fields_;
};

}  // namespace tintype::testing_support
