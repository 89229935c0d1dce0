// Where values come from. Each source spells the names of settings in its own way; errors use that spelling.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace tintype::config {

// One value as the user gave it.
struct Entry {
  std::string spelled;  // "TINTYPE_MAX_PIXELS", "--max-pixels", "max-pixels"
  std::string value;
  std::string place;  // " in line 3 of tintype.conf"; empty where the spelling says it all
};

// How `source` spells the setting called `name`.
std::string spell(Source source, std::string_view name);

// The TINTYPE_* variables that are set and meant for the program.
std::vector<Entry> environment_entries(std::span<const std::string> environment);
std::vector<Entry> flag_entries(std::span<const Assignment> flags);
// Error: ValidationFailed if the file cannot be read or is no settings file.
Result<std::vector<Entry>> file_entries(const std::filesystem::path& path);

// The whole of a small text file. Error: ValidationFailed, whose message, such as "No such file or directory", does not
// repeat the path: someone may have put a secret where the path of its file belongs.
Result<std::string> read_small_file(const std::filesystem::path& path);

}  // namespace tintype::config
