#include "config/settings.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "config/nearest_name.h"
#include "config/settings_source.h"
#include "config/settings_table.h"

// DESIGN. Each source becomes a list of entries in its own spelling, and the lists are applied to the defaults in turn,
// so that precedence is nothing but order. An entry is matched by spelling the table's names as its source does, and
// not by taking its name apart: TINTYPE_max-pixels must not pass for TINTYPE_MAX_PIXELS.

namespace tintype::config {
namespace {

bool is_secret(const Setting& setting) {
  return std::holds_alternative<SecretKind>(setting.kind);
}

// "jwt-secret-file" for jwt-secret.
std::string file_name_of(const Setting& secret) {
  return std::string(secret.name) + "-file";
}

// What an entry's name stands for.
struct Target {
  std::size_t row;
  bool names_file;  // `<name>-file`: the value is the path of a file that holds the secret
};

std::optional<Target> find_target(Source source, std::string_view spelled) {
  const auto table = settings_table();
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (spell(source, table[row].name) == spelled) return Target{row, false};
    if (is_secret(table[row]) && spell(source, file_name_of(table[row])) == spelled) return Target{row, true};
  }
  return std::nullopt;
}

tl::unexpected<Error> fail_unknown(Source source, const Entry& entry) {
  std::vector<std::string> known;
  for (const Setting& setting : settings_table()) {
    known.push_back(spell(source, setting.name));
    if (is_secret(setting)) known.push_back(spell(source, file_name_of(setting)));
  }
  if (source != Source::File) known.push_back(spell(source, "config"));
  return fail(ErrorCode::ValidationFailed, "unknown setting " + entry.spelled + entry.place + "; did you mean " +
                                               nearest_name(entry.spelled, known) + "?");
}

// For a message: on one line and not endless.
std::string in_quotes(std::string_view value) {
  constexpr std::size_t kMost = 80;
  std::string text(value.substr(0, kMost));
  std::replace_if(text.begin(), text.end(), [](char c) { return has_control_characters({&c, 1}); }, '?');
  return '"' + text + (value.size() > kMost ? "…\"" : "\"");
}

// The content of the file, without the line break that editors and `echo` put at its end.
Result<std::string> read_secret(const Entry& entry) {
  auto secret = read_small_file(entry.value);
  if (!secret) {
    return fail(ErrorCode::ValidationFailed,
                entry.spelled + entry.place + ": cannot read the file it names: " + secret.error().public_message);
  }
  if (secret->ends_with("\r\n")) {
    secret->resize(secret->size() - 2);
  } else if (secret->ends_with('\n')) {
    secret->pop_back();
  }
  if (secret->empty()) {
    return fail(ErrorCode::ValidationFailed, entry.spelled + entry.place + ": the file it names is empty");
  }
  return secret;
}

Result<void> apply_entry(const Target& target, const Entry& entry, Settings& settings) {
  const Setting& setting = settings_table()[target.row];
  if (target.names_file) {
    const auto secret = read_secret(entry);
    if (!secret) return fail(secret.error());
    store(setting.kind, *secret, settings);
    return {};
  }
  if (store(setting.kind, entry.value, settings)) return {};
  return fail(ErrorCode::ValidationFailed,
              entry.spelled + entry.place + ": " + in_quotes(entry.value) + " is not " + expected(setting.kind));
}

Result<void> apply(Source source, const std::vector<Entry>& entries, Loaded& loaded) {
  std::map<std::size_t, std::string> spelled;  // by row
  for (const Entry& entry : entries) {
    const auto target = find_target(source, entry.spelled);
    if (!target) return fail_unknown(source, entry);
    const auto [earlier, is_first] = spelled.emplace(target->row, entry.spelled);
    if (!is_first && earlier->second != entry.spelled) {
      return fail(ErrorCode::ValidationFailed,
                  earlier->second + " and " + entry.spelled + " are both set" + entry.place + "; keep one of them");
    }
    const auto applied = apply_entry(*target, entry, loaded.settings);
    if (!applied) return applied;
    loaded.sources[target->row] = source;
  }
  return {};
}

Loaded defaults() {
  Loaded loaded;
  for (const Setting& setting : settings_table()) {
    if (!store(setting.kind, setting.default_value, loaded.settings)) std::abort();
  }
  loaded.sources.assign(settings_table().size(), Source::Default);
  return loaded;
}

// Takes the entry for `config` out of `entries`: it names the file and is no row of the table.
std::optional<std::filesystem::path> take_config(Source source, std::vector<Entry>& entries) {
  std::optional<std::filesystem::path> path;
  std::erase_if(entries, [&](const Entry& entry) {
    if (entry.spelled != spell(source, "config")) return false;
    path = entry.value;
    return true;
  });
  return path;
}

}  // namespace

Result<Loaded> load(const Inputs& inputs) {
  auto environment = environment_entries(inputs.environment);
  auto flags = flag_entries(inputs.flags);
  auto path = take_config(Source::Environment, environment);
  if (auto flag = take_config(Source::Flag, flags)) path = std::move(flag);
  if (inputs.file) path = inputs.file;

  Loaded loaded = defaults();
  if (path) {
    const auto file = file_entries(*path);
    if (!file) return fail(file.error());
    const auto applied = apply(Source::File, *file, loaded);
    if (!applied) return fail(applied.error());
  }
  const auto from_environment = apply(Source::Environment, environment, loaded);
  if (!from_environment) return fail(from_environment.error());
  const auto from_flags = apply(Source::Flag, flags, loaded);
  if (!from_flags) return fail(from_flags.error());
  return loaded;
}

}  // namespace tintype::config
