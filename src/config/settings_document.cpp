#include "config/settings_table.h"

// What the table says, for --help, `tintype config` and docs/configuration.md.

namespace tintype::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

<!-- Generated from src/config/settings_table.cpp by `./dev docs`; edit there. -->

Every setting has a default, so that `tintype serve` runs without any. A setting called `max-pixels` can be given, the
stronger below the weaker, as

| where | how | |
|---|---|---|
| settings file | `max-pixels = 40000000` | named by `--config <path>` or `TINTYPE_CONFIG` |
| environment | `TINTYPE_MAX_PIXELS=40000000` | an empty value counts as not set |
| flag | `--max-pixels 40000000` | |

A name that no setting has and a value out of bounds are errors at start, which name the setting and what is allowed.
`tintype config` prints the settings in effect and where each came from, in the form of a settings file.

- Sizes are bytes, or take `KiB`, `MiB` or `GiB`: `25MiB`.
- Durations take `ms`, `s`, `m` or `h`: `30s`.
- In a settings file, `#` at the start of a line or after a space starts a comment. A value may stand in double quotes,
  where `\"` and `\\` mean the character.
- A secret can also be read from a file, whose path is given under its name and `-file`: `jwt-secret-file = <path>`,
  `TINTYPE_JWT_SECRET_FILE`, `--jwt-secret-file`. One line break at the end of that file is dropped. A secret and its
  file in the same place is an error. Secrets are never logged or printed.
)";

// For a cell of a Markdown table, where '|' would end it.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : "`" + std::string(text) + "`";
}

std::string allowed(const Description& setting) {
  return setting.bounds.empty() ? setting.type : setting.type + ": " + setting.bounds;
}

std::string table_line(const Description& setting) {
  return "| " + code(setting.name) + "<br>" + code(environment_name(setting.name)) + " | " +
         code(setting.default_value) + " | " + cell(allowed(setting)) + " | " + cell(setting.effect) + " |\n";
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \t#\"") != std::string_view::npos;
}

std::string quote_if_needed(const std::string& value) {
  if (!needs_quotes(value)) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string_view source_name(Source source) {
  switch (source) {
    case Source::Default:
      return "default";
    case Source::File:
      return "file";
    case Source::Environment:
      return "environment";
    case Source::Flag:
      return "flag";
  }
  return "";
}

}  // namespace

std::vector<Description> describe_settings() {
  std::vector<Description> descriptions;
  for (const Setting& setting : settings_table()) {
    descriptions.push_back({std::string(setting.name), std::string(setting.group), type(setting.kind),
                            std::string(setting.default_value), bounds(setting.kind), std::string(setting.effect)});
  }
  return descriptions;
}

std::string configuration_document() {
  std::string document(kIntroduction);
  std::string group;
  for (const Description& setting : describe_settings()) {
    if (setting.group != group) {
      group = setting.group;
      document += "\n## The " + group + " settings\n\n| setting | default | allowed | effect |\n|---|---|---|---|\n";
    }
    document += table_line(setting);
  }
  return document;
}

std::string effective_settings(const Loaded& loaded) {
  std::string text;
  const auto table = settings_table();
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Setting& setting = table[row];
    const std::string source = "  # " + std::string(source_name(loaded.sources[row])) + "\n";
    if (const auto* secret = std::get_if<SecretKind>(&setting.kind)) {
      const bool is_set = !(loaded.settings.*(secret->member)).empty();
      text += "# " + std::string(setting.name) + (is_set ? " (set)" : " (not set)") + source;
    } else {
      text += std::string(setting.name) + " = " + quote_if_needed(shown(setting.kind, loaded.settings)) + source;
    }
  }
  return text;
}

}  // namespace tintype::config
