#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "config/settings_table.h"
#include "tests/support/temp_directory.h"

namespace tintype::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing_support::TempDirectory;

Loaded load_flags(std::vector<Assignment> flags) {
  const auto loaded = load({.flags = std::move(flags)});
  EXPECT_TRUE(loaded) << loaded.error().public_message;
  return loaded ? *loaded : Loaded{};
}

TEST(EnvironmentName, IsPrefixedUpperCaseWithUnderscores) {
  EXPECT_EQ(environment_name("max-upload-bytes"), "TINTYPE_MAX_UPLOAD_BYTES");
}

TEST(SettingsTable, EveryRowIsDescribed) {
  const auto descriptions = describe_settings();
  ASSERT_EQ(descriptions.size(), settings_table().size());
  std::set<std::string> names;
  for (const Description& setting : descriptions) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name << " twice";
    EXPECT_FALSE(setting.type.empty()) << setting.name;
    EXPECT_TRUE(setting.effect.ends_with('.')) << setting.name;
  }
}

TEST(SettingsTable, DescriptionHasTypeDefaultAndBounds) {
  for (const Description& setting : describe_settings()) {
    if (setting.name != "max-upload-bytes") continue;
    EXPECT_EQ(setting.group, "process");
    EXPECT_EQ(setting.type, "size");
    EXPECT_EQ(setting.default_value, "25MiB");
    EXPECT_EQ(setting.bounds, "1KiB to 1GiB");
    return;
  }
  FAIL() << "max-upload-bytes is not described";
}

TEST(SettingsTable, RowsOfAGroupAreTogether) {
  std::vector<std::string_view> groups;
  for (const Setting& setting : settings_table()) {
    if (groups.empty() || groups.back() != setting.group) groups.push_back(setting.group);
  }
  EXPECT_EQ(std::set<std::string_view>(groups.begin(), groups.end()).size(), groups.size());
}

TEST(EffectiveSettings, NameValueAndSource) {
  const std::string text = effective_settings(load_flags({{"max-upload-bytes", "1048576"}, {"log-level", "warn"}}));
  EXPECT_THAT(text,
              AllOf(HasSubstr("max-upload-bytes = 1MiB  # flag\n"), HasSubstr("log-level = warn  # flag\n"),
                    HasSubstr("listen = 127.0.0.1:8080  # default\n"), HasSubstr("public-url = \"\"  # default\n")));
}

TEST(EffectiveSettings, SecretsAreOnlySaidToBeSet) {
  EXPECT_THAT(effective_settings(load_flags({})), HasSubstr("# jwt-secret (not set)  # default\n"));
  EXPECT_THAT(effective_settings(load_flags({{"jwt-secret", "hunter2"}})),
              AllOf(HasSubstr("# jwt-secret (set)  # flag\n"), Not(HasSubstr("hunter2"))));
}

TEST(EffectiveSettings, AreASettingsFileThatGivesTheSameSettings) {
  const Loaded loaded = load_flags({{"data-dir", R"(/a b/"c"\d # e)"},
                                    {"jwt-issuer", R"(back\slash)"},
                                    {"jwt-audience", " spaced "},
                                    {"listen", "[::1]:0"},
                                    {"body-timeout", "1500ms"},
                                    {"max-upload-bytes", "1025"},
                                    {"max-pixels", "123456789"},
                                    {"blob-access", "owner"},
                                    {"log-level", "error"}});
  const TempDirectory directory;
  std::ofstream(directory.path() / "tintype.conf") << effective_settings(loaded);
  const auto again = load({.file = directory.path() / "tintype.conf"});
  ASSERT_TRUE(again) << again.error().public_message;
  EXPECT_EQ(again->settings, loaded.settings);
}

// UPDATE_DOCS=1, which `./dev docs` sets, writes the file instead.
TEST(ConfigurationDocument, EqualsTheFileInDocs) {
  const auto path = std::filesystem::path(TINTYPE_SOURCE_DIR) / "docs" / "configuration.md";
  if (std::getenv("UPDATE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << configuration_document();
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(content.str(), configuration_document()) << "run ./dev docs";
}

}  // namespace
}  // namespace tintype::config
