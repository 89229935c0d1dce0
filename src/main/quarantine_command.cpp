#include "main/quarantine_command.h"

#include <cstdio>

#include "adapters/quarantine_sqlite/sqlite_quarantine_store.h"
#include "base/json_object.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::chrono::seconds kPatience{10};  // for a server that writes at the same time
constexpr std::size_t kTimeWidth = 24;         // "2026-11-22T16:40:00.123Z"

// A file that cannot be looked at is not missing: opening it will say why.
bool is_missing(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::status(file, ignored).type() == std::filesystem::file_type::not_found;
}

Result<std::vector<QuarantineEntry>> read_list(const std::filesystem::path& file, int limit) {
  if (is_missing(file)) return std::vector<QuarantineEntry>();
  auto store = SqliteQuarantineStore::open(file);
  if (!store) return fail(store.error());
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return (*store)->list(now, limit, Deadline::after(kPatience));
}

Result<bool> take_off(const std::filesystem::path& file, const std::string& content_sha256) {
  if (is_missing(file)) return false;
  auto store = SqliteQuarantineStore::open(file);
  if (!store) return fail(store.error());
  return (*store)->forget(content_sha256, Deadline::after(kPatience));
}

const char* state_of(const QuarantineEntry& entry) {
  return entry.strikes >= kStrikesToQuarantine ? "quarantined" : "watched";
}

std::string as_json(const std::vector<QuarantineEntry>& entries) {
  std::string json = "[";
  for (const QuarantineEntry& entry : entries) {
    JsonObject object;
    object.add("sha256", entry.content_sha256);
    object.add("strikes", std::int64_t{entry.strikes});
    object.add("state", state_of(entry));
    object.add("reason", entry.reason);
    object.add("lastStrike", to_rfc3339(entry.last_strike));
    object.add("expires", to_rfc3339(entry.expires));
    if (json.size() > 1) json += ',';
    json += std::move(object).finish();
  }
  return json + "]\n";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text + "  ";
}

std::string as_table(const std::vector<QuarantineEntry>& entries) {
  std::size_t reason_width = std::string_view("REASON").size();
  for (const QuarantineEntry& entry : entries) reason_width = std::max(reason_width, entry.reason.size());
  const auto line = [&](const std::string& sha256, const std::string& strikes, const char* state,
                        const std::string& reason, const std::string& last_strike, const std::string& expires) {
    return padded(sha256, 64) + padded(strikes, 7) + padded(state, 11) + padded(reason, reason_width) +
           padded(last_strike, kTimeWidth) + expires + '\n';
  };
  std::string table = line("SHA256", "STRIKES", "STATE", "REASON", "LAST STRIKE", "EXPIRES");
  for (const QuarantineEntry& entry : entries) {
    table += line(entry.content_sha256, std::to_string(entry.strikes), state_of(entry), entry.reason,
                  to_rfc3339(entry.last_strike), to_rfc3339(entry.expires));
  }
  return table;
}

int report(const Error& error) {
  std::fprintf(stderr, "tintype: cannot use the quarantine list: %s\n", to_string(error).c_str());
  return 1;
}

int print_list(const std::filesystem::path& file, const QuarantineOptions& options) {
  const auto entries = read_list(file, options.limit);
  if (!entries) return report(entries.error());
  std::fputs((options.json ? as_json(*entries) : as_table(*entries)).c_str(), stdout);
  return 0;
}

int forget(const std::filesystem::path& file, const std::string& content_sha256) {
  const auto was_on_it = take_off(file, content_sha256);
  if (!was_on_it) return report(was_on_it.error());
  if (!*was_on_it) {
    std::fprintf(stderr, "tintype: %s is not on the quarantine list\n", content_sha256.c_str());
    return 1;
  }
  std::printf("%s is off the quarantine list\n", content_sha256.c_str());
  return 0;
}

}  // namespace

std::filesystem::path quarantine_file(const std::filesystem::path& data_dir) {
  return data_dir / "quarantine.db";
}

int run_quarantine_command(const config::Settings& settings, const QuarantineOptions& options) {
  const std::filesystem::path file = quarantine_file(settings.data_dir);
  return options.forget.empty() ? print_list(file, options) : forget(file, to_lower(options.forget));
}

}  // namespace tintype
