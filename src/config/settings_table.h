#pragma once

#include <span>
#include <string_view>

#include "config/setting_kinds.h"

namespace tintype::config {

// A row: everything there is to know about a setting. Adding one is adding a member to Settings and a row here.
struct Setting {
  std::string_view name;           // "max-upload-bytes"
  std::string_view group;          // "process", "image", "workers", "stores"
  std::string_view default_value;  // as it would be written in a settings file
  Kind kind;
  std::string_view effect;  // one sentence or two, for the person who operates the service
};

// In the order of the docs; the rows of a group are together.
std::span<const Setting> settings_table();

}  // namespace tintype::config
