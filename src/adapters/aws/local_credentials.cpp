#include "adapters/aws/local_credentials.h"

#include <fstream>
#include <sstream>

#include "base/text.h"

namespace tintype::aws {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

// The shared files that there are, first the one that comes first.
std::vector<std::string> shared_files(const Environment& environment) {
  const std::string home = environment.get("HOME").value_or("");
  return {read_file(environment.get("AWS_SHARED_CREDENTIALS_FILE").value_or(home + "/.aws/credentials")),
          read_file(environment.get("AWS_CONFIG_FILE").value_or(home + "/.aws/config"))};
}

std::string profile_of(const Environment& environment) {
  return environment.get("AWS_PROFILE").value_or("default");
}

std::string_view section_of(std::string_view line) {
  line = trim(line.substr(1, line.find(']') - 1));
  if (line.starts_with("profile ")) line = trim(line.substr(8));
  return line;
}

}  // namespace

Result<std::optional<Credentials>> EnvironmentCredentials::fetch(Deadline /*deadline*/) {
  const auto id = environment_.get("AWS_ACCESS_KEY_ID");
  const auto secret = environment_.get("AWS_SECRET_ACCESS_KEY");
  if (!id || !secret) return std::optional<Credentials>();
  return std::optional(Credentials{*id, *secret, environment_.get("AWS_SESSION_TOKEN").value_or("")});
}

Result<std::optional<Credentials>> SharedFileCredentials::fetch(Deadline /*deadline*/) {
  const std::string profile = profile_of(environment_);
  for (const std::string& file : shared_files(environment_)) {
    const auto id = find_in_profile(file, profile, "aws_access_key_id");
    const auto secret = find_in_profile(file, profile, "aws_secret_access_key");
    if (!id || !secret) continue;
    return std::optional(Credentials{*id, *secret, find_in_profile(file, profile, "aws_session_token").value_or("")});
  }
  return std::optional<Credentials>();
}

std::optional<std::string> default_region(const Environment& environment) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (auto region = environment.get(name)) return region;
  }
  for (const std::string& file : shared_files(environment)) {
    if (auto region = find_in_profile(file, profile_of(environment), "region")) return region;
  }
  return std::nullopt;
}

std::optional<std::string> find_in_profile(std::string_view file, std::string_view section, std::string_view key) {
  bool is_here = false;
  while (!file.empty()) {
    const std::string_view whole = file.substr(0, file.find('\n'));
    file.remove_prefix(std::min(file.size(), whole.size() + 1));
    // A line that begins with a blank belongs to the value above it (nested settings of "s3 =").
    if (whole.starts_with(' ') || whole.starts_with('\t')) continue;
    std::string_view line = trim(whole);
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#') || line.starts_with(';')) continue;
    if (line.starts_with('[')) is_here = section_of(line) == section;
    const std::size_t equals = line.find('=');
    if (!is_here || equals == std::string_view::npos || trim(line.substr(0, equals)) != key) continue;
    return std::string(trim(line.substr(equals + 1)));
  }
  return std::nullopt;
}

}  // namespace tintype::aws
