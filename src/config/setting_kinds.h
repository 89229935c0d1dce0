// What a row of the table can be. Each kind knows which member of Settings it fills, which values it takes and how it
// writes them, so that loading, --help and the docs cannot disagree.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/settings.h"

namespace tintype::config {

// All kinds have these, which the functions at the end of this file forward to:
//   store     puts `value` into its member, or returns false and changes nothing
//   shown     the value as it would be written in a settings file (of a secret: nothing)
//   type      Description::type
//   bounds    Description::bounds
//   expected  what a value must be, to follow "is not": "a size from 1KiB to 1GiB, …"

struct SizeKind {
  std::uint64_t Settings::* member;
  std::uint64_t least;  // bytes, both
  std::uint64_t most;

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings& settings) const;
  std::string type() const { return "size"; }
  std::string bounds() const;
  std::string expected() const;
};

struct DurationKind {
  std::chrono::milliseconds Settings::* member;
  std::chrono::milliseconds least;
  std::chrono::milliseconds most;

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings& settings) const;
  std::string type() const { return "duration"; }
  std::string bounds() const;
  std::string expected() const;
};

struct IntegerKind {
  std::variant<int Settings::*, std::uint64_t Settings::*> member;
  std::uint64_t least;
  std::uint64_t most;
  std::string_view unit;       // "pixels"; empty for a number on a scale
  std::string_view word = {};  // also taken, if not empty, and kept as -1; only with an int

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings& settings) const;
  std::string type() const { return "integer"; }
  std::string bounds() const;
  std::string expected() const { return "a whole number from " + bounds(); }

  static constexpr int kWord = -1;
};

struct TextKind {
  std::string Settings::* member;
  std::string_view form;  // what it must look like; empty: any text on one line
  std::optional<std::string> (*accept)(std::string_view) = nullptr;  // the text to keep, or nullopt to refuse it

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings& settings) const { return settings.*member; }
  std::string type() const { return "text"; }
  std::string bounds() const { return std::string(form); }
  std::string expected() const { return form.empty() ? "text on one line" : std::string(form); }
};

struct PathKind {
  std::filesystem::path Settings::* member;

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings& settings) const { return (settings.*member).string(); }
  std::string type() const { return "path"; }
  std::string bounds() const { return {}; }
  std::string expected() const { return "a path"; }
};

struct SecretKind {
  std::string Settings::* member;

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings&) const { return {}; }
  std::string type() const { return "secret"; }
  std::string bounds() const { return {}; }
  std::string expected() const { return "a secret"; }
};

// One of a few words, kept as the enumerator with the same position; made by choice<>() in settings_table.cpp.
struct ChoiceKind {
  std::span<const std::string_view> choices;
  void (*set)(Settings&, std::size_t);
  std::size_t (*get)(const Settings&);

  bool store(std::string_view value, Settings& settings) const;
  std::string shown(const Settings& settings) const { return std::string(choices[get(settings)]); }
  std::string type() const;
  std::string bounds() const { return {}; }
  std::string expected() const { return "one of " + type(); }
};

using Kind = std::variant<SizeKind, DurationKind, IntegerKind, TextKind, PathKind, SecretKind, ChoiceKind>;

bool store(const Kind& kind, std::string_view value, Settings& settings);
std::string shown(const Kind& kind, const Settings& settings);
std::string type(const Kind& kind);
std::string bounds(const Kind& kind);
std::string expected(const Kind& kind);

// "host:port" with an IPv6 address in brackets; nullopt for anything else.
std::optional<std::string> accept_listen_address(std::string_view text);
// Empty, or an http or https URL, without its trailing slashes; nullopt for anything else.
std::optional<std::string> accept_public_url(std::string_view text);
// The value of a dimension in CloudWatch: 1 to 255 printable ASCII characters, one of them no space; nullopt for
// anything else.
std::optional<std::string> accept_dimension(std::string_view text);

}  // namespace tintype::config
