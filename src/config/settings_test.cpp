// What values the settings take and which source wins.
#include "config/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "config/settings_table.h"
#include "tests/support/temp_directory.h"

namespace tintype::config {
namespace {

using namespace std::chrono_literals;
using testing_support::TempDirectory;

std::filesystem::path write(const TempDirectory& directory, const std::string& name, const std::string& text) {
  std::ofstream(directory.path() / name, std::ios::binary) << text;
  return directory.path() / name;
}

Settings settings_of(const Inputs& inputs) {
  const auto loaded = load(inputs);
  EXPECT_TRUE(loaded) << loaded.error().public_message;
  return loaded ? loaded->settings : Settings{};
}

Settings with_flag(const std::string& name, const std::string& value) {
  return settings_of({.flags = {{name, value}}});
}

bool accepts(const std::string& name, const std::string& value) {
  return load({.flags = {{name, value}}}).has_value();
}

Source source_of(const Loaded& loaded, std::string_view name) {
  const auto table = settings_table();
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (table[row].name == name) return loaded.sources.at(row);
  }
  ADD_FAILURE() << "no setting " << name;
  return Source::Default;
}

TEST(Settings, NothingGivenGivesTheDefaults) {
  Settings expected;
  expected.listen = "127.0.0.1:8080";
  expected.data_dir = "./data";
  expected.max_connections = 10000;
  expected.max_upload_bytes = 25u << 20;
  expected.max_pixels = 64'000'000;
  expected.memory_budget = 1u << 30;
  expected.max_concurrent_uploads = 64;
  expected.request_timeout = 30s;
  expected.header_timeout = 10s;
  expected.body_timeout = 30s;
  expected.idle_timeout = 60s;
  expected.drain_timeout = 30s;
  expected.image_max_edge = 2048;
  expected.image_quality = 85;
  expected.image_effort = 2;
  expected.workers_min = 1;
  expected.workers_raise_percent = 5;
  expected.workers_lower_percent = 1;
  expected.workers_window = 60s;
  expected.worker_idle = 60s;
  expected.worker_max_jobs = 1000;
  expected.worker_max_resident = 256u << 20;
  expected.worker_memory = 1u << 30;
  expected.job_deadline = 20s;
  expected.quarantine_ttl = 24h;
  expected.blob_url_lifetime = 1h;
  expected.upload_lease = 60s;
  expected.sweep_interval = 60s;
  expected.cache_memory = 64ULL << 20U;
  expected.cache_check = 1000;
  expected.job_max_attempts = 5;
  expected.job_lease = 30s;
  expected.redrive_interval = 60s;
  expected.idempotency_ttl = 24h;
  expected.verify_interval = 24h;
  expected.stage = "dev";
  EXPECT_EQ(settings_of({}), expected);
}

TEST(Settings, NumberOfWorkersMayBeAutomatic) {
  EXPECT_EQ(settings_of({.flags = {{"workers-provisioned", "auto"}}}).workers_provisioned, IntegerKind::kWord);
  EXPECT_EQ(settings_of({.flags = {{"workers-provisioned", "7"}}}).workers_provisioned, 7);
}

TEST(Settings, WordIsTakenOnlyWhereItMeansSomething) {
  EXPECT_FALSE(load({.flags = {{"workers-max", "auto"}}}));
  EXPECT_FALSE(load({.flags = {{"workers-provisioned", "-1"}}}));
}

TEST(Settings, NothingGivenMarksEverySourceAsDefault) {
  const auto loaded = load({});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->sources, std::vector<Source>(settings_table().size(), Source::Default));
}

TEST(Settings, StrongerSourceWins) {
  const TempDirectory directory;
  const auto file = write(directory, "tintype.conf", "image-quality = 10\nimage-effort = 4\nmax-pixels = 7\n");
  const auto loaded = load({file, {"TINTYPE_IMAGE_QUALITY=20", "TINTYPE_IMAGE_EFFORT=5"}, {{"image-quality", "30"}}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->settings.image_quality, 30);
  EXPECT_EQ(loaded->settings.image_effort, 5);
  EXPECT_EQ(loaded->settings.max_pixels, 7u);
  EXPECT_EQ(source_of(*loaded, "image-quality"), Source::Flag);
  EXPECT_EQ(source_of(*loaded, "image-effort"), Source::Environment);
  EXPECT_EQ(source_of(*loaded, "max-pixels"), Source::File);
  EXPECT_EQ(source_of(*loaded, "listen"), Source::Default);
}

TEST(Settings, LaterFlagWinsOverTheSameFlag) {
  EXPECT_EQ(settings_of({.flags = {{"image-quality", "1"}, {"image-quality", "2"}}}).image_quality, 2);
}

TEST(Settings, EmptyEnvironmentVariableCountsAsNotSet) {
  EXPECT_EQ(settings_of({.environment = {"TINTYPE_IMAGE_QUALITY=", "TINTYPE_NO_SUCH_NAME="}}).image_quality, 85);
}

TEST(Settings, OtherVariablesAreIgnored) {
  EXPECT_EQ(settings_of({.environment = {"PATH=/bin", "TINTYPE", "LISTEN=x", "TINTYPE_CORPUS=/pictures",
                                         "TINTYPE_SIGV4_VECTORS=/vectors"}}),
            settings_of({}));
}

// With a service called `tintype`, every pod of its namespace gets these, and must start all the same.
TEST(Settings, KubernetesServiceLinksAreIgnored) {
  EXPECT_EQ(settings_of({.environment = {"TINTYPE_SERVICE_HOST=10.0.0.1", "TINTYPE_SERVICE_PORT=80",
                                         "TINTYPE_SERVICE_PORT_HTTP=80", "TINTYPE_PORT=tcp://10.0.0.1:80",
                                         "TINTYPE_PORT_80_TCP_ADDR=10.0.0.1"}}),
            settings_of({}));
}

TEST(Settings, ConfigVariableNamesTheFile) {
  const TempDirectory directory;
  const auto file = write(directory, "tintype.conf", "image-quality = 10\n");
  EXPECT_EQ(settings_of({.environment = {"TINTYPE_CONFIG=" + file.string()}}).image_quality, 10);
}

TEST(Settings, FileOfTheInputsWinsOverTheConfigVariable) {
  const TempDirectory directory;
  const auto weaker = write(directory, "weaker.conf", "image-quality = 10\n");
  const auto stronger = write(directory, "stronger.conf", "image-quality = 11\n");
  EXPECT_EQ(settings_of({stronger, {"TINTYPE_CONFIG=" + weaker.string()}, {}}).image_quality, 11);
}

TEST(Settings, SizesAreBytesOrTakeUnits) {
  EXPECT_EQ(with_flag("max-upload-bytes", "2048").max_upload_bytes, 2048u);
  EXPECT_EQ(with_flag("max-upload-bytes", "1GiB").max_upload_bytes, 1u << 30);
  EXPECT_EQ(with_flag("memory-budget", "1024GiB").memory_budget, 1ULL << 40);
}

TEST(Settings, DurationsTakeUnits) {
  EXPECT_EQ(with_flag("request-timeout", "250ms").request_timeout, 250ms);
  EXPECT_EQ(with_flag("drain-timeout", "0s").drain_timeout, 0s);
  EXPECT_EQ(with_flag("idle-timeout", "5m").idle_timeout, 5min);
}

TEST(Settings, ChoicesAreWords) {
  EXPECT_EQ(with_flag("blob-access", "owner").blob_access, BlobAccess::Owner);
  EXPECT_EQ(with_flag("blob-access", "public").blob_access, BlobAccess::Public);
  EXPECT_EQ(with_flag("blob-delivery", "redirect").blob_delivery, BlobDelivery::Redirect);
  EXPECT_EQ(with_flag("blob-delivery", "public-url").blob_delivery, BlobDelivery::PublicUrl);
  EXPECT_EQ(with_flag("log-level", "debug").log_level, LogLevel::Debug);
  EXPECT_EQ(with_flag("log-level", "error").log_level, LogLevel::Error);
}

TEST(Settings, ListenTakesHostAndPort) {
  for (const char* text : {"0.0.0.0:80", "127.0.0.1:0", "[::1]:8080", "localhost:65535"}) {
    EXPECT_EQ(with_flag("listen", text).listen, text);
  }
  for (const char* text :
       {"", "8080", ":8080", "host", "host:", "host:65536", "host:x", "::1:80", "[]:80", "a b:80", "http://host:80"}) {
    EXPECT_FALSE(accepts("listen", text)) << text;
  }
}

TEST(Settings, PublicUrlLosesItsTrailingSlashes) {
  EXPECT_EQ(with_flag("public-url", "https://example.com//").public_url, "https://example.com");
  EXPECT_EQ(with_flag("blob-public-url", "https://cdn.example/p/").blob_public_url, "https://cdn.example/p");
  EXPECT_EQ(with_flag("public-url", "http://example.com/pictures/").public_url, "http://example.com/pictures");
  EXPECT_EQ(with_flag("public-url", "").public_url, "");
}

TEST(Settings, PublicUrlMustBeAnHttpUrl) {
  for (const char* text : {"example.com", "ftp://example.com", "https://", "http:///x", "https://a b", "https://a?b"}) {
    EXPECT_FALSE(accepts("public-url", text)) << text;
  }
}

TEST(Settings, TextAndPathsMayNotContainLineBreaks) {
  EXPECT_FALSE(accepts("jwt-issuer", "a\nb"));
  EXPECT_FALSE(accepts("data-dir", "a\nb"));
  EXPECT_FALSE(accepts("data-dir", ""));
}

TEST(Settings, EveryBoundIsAllowedAndTheNextValueIsNot) {
  struct Bounds {
    const char* name;
    const char* below;
    const char* least;
    const char* most;
    const char* above;
  };
  for (const Bounds& row : std::vector<Bounds>{
           {"io-threads", "-1", "0", "256", "257"},
           {"max-connections", "0", "1", "1000000", "1000001"},
           {"max-upload-bytes", "1023", "1KiB", "1GiB", "1073741825"},
           {"max-pixels", "0", "1", "1000000000", "1000000001"},
           {"memory-budget", "63MiB", "64MiB", "1024GiB", "1025GiB"},
           {"max-concurrent-uploads", "0", "1", "1024", "1025"},
           {"request-timeout", "9ms", "10ms", "1h", "3601s"},
           {"drain-timeout", "0", "0ms", "1h", "3601s"},
           {"image-max-edge", "-1", "0", "16383", "16384"},
           {"image-quality", "0", "1", "100", "101"},
           {"image-effort", "-1", "0", "6", "7"},
           {"image-threads", "-1", "0", "256", "257"},
       }) {
    EXPECT_FALSE(accepts(row.name, row.below)) << row.name << " " << row.below;
    EXPECT_TRUE(accepts(row.name, row.least)) << row.name << " " << row.least;
    EXPECT_TRUE(accepts(row.name, row.most)) << row.name << " " << row.most;
    EXPECT_FALSE(accepts(row.name, row.above)) << row.name << " " << row.above;
  }
}

TEST(Settings, SecretsComeFromEverySource) {
  const TempDirectory directory;
  const auto file = write(directory, "tintype.conf", "jwt-secret = from#file\n");
  EXPECT_EQ(settings_of({.file = file}).jwt_secret, "from#file");
  EXPECT_EQ(settings_of({.environment = {"TINTYPE_JWT_SECRET=a=b"}}).jwt_secret, "a=b");
  EXPECT_EQ(with_flag("jwt-secret", "flagged").jwt_secret, "flagged");
}

TEST(Settings, SecretFilesComeFromEverySource) {
  const TempDirectory directory;
  const std::string secret = write(directory, "secret", "hunter2\n").string();
  const auto file = write(directory, "tintype.conf", "jwt-secret-file = " + secret + "\n");
  EXPECT_EQ(settings_of({.file = file}).jwt_secret, "hunter2");
  EXPECT_EQ(settings_of({.environment = {"TINTYPE_JWT_SECRET_FILE=" + secret}}).jwt_secret, "hunter2");
  EXPECT_EQ(with_flag("jwt-secret-file", secret).jwt_secret, "hunter2");
}

TEST(Settings, SecretFileLosesOneLineBreakOnly) {
  const TempDirectory directory;
  const auto secret_in = [&](const std::string& content) {
    return with_flag("jwt-secret-file", write(directory, "secret", content).string()).jwt_secret;
  };
  EXPECT_EQ(secret_in("a\n\n"), "a\n");
  EXPECT_EQ(secret_in("a\r\n"), "a");
  EXPECT_EQ(secret_in(" a "), " a ");
}

TEST(Settings, StrongerSecretWinsOverAWeakerSecretFile) {
  EXPECT_EQ(settings_of({{}, {"TINTYPE_JWT_SECRET=weak"}, {{"jwt-secret", "strong"}}}).jwt_secret, "strong");
  const TempDirectory directory;
  const auto file = write(directory, "tintype.conf", "jwt-secret = weak\n");
  const auto secret = write(directory, "secret", "strong\n");
  EXPECT_EQ(settings_of({file, {"TINTYPE_JWT_SECRET_FILE=" + secret.string()}, {}}).jwt_secret, "strong");
}

}  // namespace
}  // namespace tintype::config
