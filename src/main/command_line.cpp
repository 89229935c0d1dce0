#include "main/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>

#include "config/settings_parse.h"

namespace tintype {
namespace {

constexpr int kMostListed = 10'000;  // as many as the store keeps
constexpr int kMostParallel = 32;    // connections to one host (adapters/aws/http_client.h)

struct Flag {
  std::string name;
  CLI::Option* option;
  std::string value;
};

// Every setting is a flag of every command, from the one table.
void add_settings(CLI::App& app, std::deque<Flag>& flags, std::string& file) {
  app.add_option("--config", file, "Settings file with lines `name = value` (TINTYPE_CONFIG)");
  for (const auto& setting : config::describe_settings()) {
    Flag& flag = flags.emplace_back(Flag{setting.name, nullptr, {}});
    std::string help = setting.effect;
    if (!setting.default_value.empty()) help += " Default: " + setting.default_value + ".";
    flag.option = app.add_option("--" + setting.name, flag.value, help)
                      ->group("Settings (" + setting.group + "), also " + "TINTYPE_<NAME>");
    if (setting.type == "secret") {
      Flag& secret = flags.emplace_back(Flag{setting.name + "-file", nullptr, {}});
      secret.option = app.add_option("--" + secret.name, secret.value, "File with the value of --" + setting.name)
                          ->group("Settings (" + setting.group + "), also TINTYPE_<NAME>");
    }
  }
}

void add_token_options(CLI::App& command, CommandLine& line) {
  command.add_option("--user", line.token_user, "The user that the token speaks for (`sub`)")->required();
  command.add_option("--ttl", line.token_ttl, "Seconds until it expires")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{315'360'000}))
      ->capture_default_str();
}

// For CLI11: what is wrong with `text`, or nothing.
std::string check_sha256(const std::string& text) {
  const bool is_one = text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return is_one ? "" : "\"" + text + "\" is no SHA-256: 64 hexadecimal digits";
}

void add_quarantine_options(CLI::App& command, QuarantineOptions& options) {
  auto* json = command.add_flag("--json", options.json, "Print a JSON array instead of a table");
  auto* limit = command.add_option("--limit", options.limit, "Print at most so many, the newest first")
                    ->check(CLI::Range(1, kMostListed))
                    ->capture_default_str();
  command.add_option("--forget", options.forget, "Take the content with this SHA-256 off the list")
      ->check(check_sha256, "SHA256")
      ->excludes(json)
      ->excludes(limit);
}

// For CLI11, as check_sha256 is.
std::string check_percent(const std::string& text) {
  double percent = 0;
  const bool is_one = CLI::detail::lexical_cast(text, percent) && percent > 0 && percent <= 100;
  return is_one ? "" : "\"" + text + "\" is no percentage: a number above 0 and up to 100";
}

std::string check_duration(const std::string& text) {
  return config::parse_duration(text) ? "" : "\"" + text + "\" is no duration: a whole number with ms, s, m or h";
}

void add_verify_options(CLI::App& command, VerifyCommandOptions& options) {
  command.add_flag("--repair", options.repair, "Remove files that nothing refers to");
  command.add_flag("--checksums", options.checksums, "Read every file and compare it with its SHA-256");
  command.add_option("--sample", options.sample_percent, "Look at so many percent of the images, chosen at random")
      ->check(check_percent, "PERCENT")
      ->capture_default_str();
  const auto set_grace = [&options](const std::string& text) { options.grace = *config::parse_duration(text); };
  command.add_option_function<std::string>("--grace", set_grace, "Spare files that are younger")
      ->check(check_duration, "DURATION")
      ->default_str(config::format_duration(options.grace));
}

void add_migrate_options(CLI::App& command, MigrateCommandOptions& options) {
  using Stores = MigrateCommandOptions::Stores;
  const auto add_stores = [&command](const std::string& name, Stores& stores, const std::string& help) {
    const auto set = [&stores](const std::string& text) {
      stores = text == "embedded" ? Stores::Embedded : Stores::Scale;
    };
    command.add_option_function<std::string>(name, set, help)
        ->required()
        ->check(CLI::IsMember({"embedded", "scale"}))
        ->type_name("STORES");
  };
  add_stores("--from", options.from, "Where the images are: files and SQLite, or S3 and DynamoDB as the settings say");
  add_stores("--to", options.to, "Where they are to be as well; `tintype init` makes it");
  command.add_option("--parallel", options.parallel, "Copy so many images at a time")
      ->check(CLI::Range(1, kMostParallel))
      ->capture_default_str();
}

void add_jobs_options(CLI::App& command, JobsCommandOptions& options) {
  auto* dead = command.add_flag("--dead", options.dead, "Print the dead letters: jobs that were given up");
  command.add_flag("--redrive", options.redrive, "Have dead letters tried again")->excludes(dead);
  command.add_option("--limit", options.limit, "With these two: so many at most")
      ->check(CLI::Range(1, kMostListed))
      ->capture_default_str();
  command.add_flag("--json", options.json, "With --dead: print a JSON array instead of a table")->needs(dead);
}

void add_rederive_options(CLI::App& command, RederiveCommandOptions& options) {
  constexpr int kMostVersions = 1'000'000;
  constexpr double kMostPerSecond = 10'000;
  command.add_option("--recipe", options.recipe, "What to make anew")->capture_default_str();
  command.add_option("--older-than", options.older_than, "Only what an older version of the recipe has made")
      ->required()
      ->check(CLI::Range(1, kMostVersions));
  command.add_option("--per-second", options.per_second, "So many images at most")
      ->check(CLI::Range(0.01, kMostPerSecond))
      ->capture_default_str();
}

void add_advise_options(CLI::App& command, AdviseCommandOptions& options) {
  command
      .add_option("--url", options.url, "The server to read. Default: the one that listens where these settings say")
      ->type_name("URL");
  command.add_flag("--json", options.json, "Print a JSON array instead of a table");
}

// What is no known flag goes on to config::load, which names the nearest setting. Words that are no flag stay behind.
std::vector<std::string> take_unknown_flags(const std::vector<std::string>& words, config::Inputs& inputs) {
  std::vector<std::string> left;
  for (const std::string& word : words) {
    if (!word.starts_with("--")) {
      left.push_back(word);
      continue;
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    inputs.flags.push_back(
        {.name = word.substr(2, equals - 2), .value = word.substr(std::min(equals + 1, word.size()))});
    return {};  // its value may be the next word
  }
  return left;
}

config::Inputs inputs_from(const std::deque<Flag>& flags, const std::string& file) {
  config::Inputs inputs;
  for (char** entry = environ; *entry != nullptr; ++entry) inputs.environment.emplace_back(*entry);
  for (const Flag& flag : flags) {
    if (flag.option->count() > 0) inputs.flags.push_back({flag.name, flag.value});
  }
  if (!file.empty()) inputs.file = file;
  return inputs;
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app(
      "tintype: an image service. Upload a picture, get a checked, upright, colour-true WebP and a thumbnail.");
  app.set_version_flag("--version", "tintype " TINTYPE_VERSION);
  app.require_subcommand(1);
  auto* serve = app.add_subcommand("serve", "Run the service until SIGTERM");
  auto* token = app.add_subcommand("token", "Print a token for a user");
  auto* config = app.add_subcommand("config", "Print the effective settings");
  auto* quarantine =
      app.add_subcommand("quarantine", "Print the contents that ended or blocked image work, or forget one");
  auto* init = app.add_subcommand("init", "Make what the service needs and does not have, such as the S3 bucket");
  auto* sweep = app.add_subcommand("sweep", "End abandoned uploads and finish deletions now, as servers do at times");
  auto* verify = app.add_subcommand("verify", "Compare the stored files with the records");
  auto* migrate = app.add_subcommand("migrate", "Copy all images to other stores, while servers run");
  auto* jobs = app.add_subcommand("jobs", "Do jobs until SIGTERM, or look at those that were given up");
  auto* rederive = app.add_subcommand("rederive", "Have thumbnails that an old recipe made be made anew");
  auto* doctor = app.add_subcommand("doctor", "Check this installation, and say what to do about what does not work");
  auto* advise = app.add_subcommand("advise", "Say which optimizations a running server's numbers call for");
  add_token_options(*token, line);
  add_quarantine_options(*quarantine, line.quarantine);
  add_verify_options(*verify, line.verify);
  add_migrate_options(*migrate, line.migrate);
  add_jobs_options(*jobs, line.jobs);
  add_rederive_options(*rederive, line.rederive);
  doctor->add_flag("--json", line.doctor.json, "Print a JSON array instead of a table");
  add_advise_options(*advise, line.advise);

  std::deque<Flag> flags;  // addresses stay valid while it grows
  std::string file;
  for (auto* command :
       {serve, token, config, quarantine, init, sweep, verify, migrate, jobs, rederive, doctor, advise}) {
    add_settings(*command, flags, file);
    command->allow_extras();
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, app.exit(error) == 0 ? 0 : 1};
  }
  line.command = token->parsed()        ? CommandLine::Command::Token
                 : config->parsed()     ? CommandLine::Command::Config
                 : quarantine->parsed() ? CommandLine::Command::Quarantine
                 : init->parsed()       ? CommandLine::Command::Init
                 : sweep->parsed()      ? CommandLine::Command::Sweep
                 : verify->parsed()     ? CommandLine::Command::Verify
                 : migrate->parsed()    ? CommandLine::Command::Migrate
                 : jobs->parsed()       ? CommandLine::Command::Jobs
                 : rederive->parsed()   ? CommandLine::Command::Rederive
                 : doctor->parsed()     ? CommandLine::Command::Doctor
                 : advise->parsed()     ? CommandLine::Command::Advise
                                        : CommandLine::Command::Serve;
  line.inputs = inputs_from(flags, file);
  const auto words = take_unknown_flags(app.remaining(true), line.inputs);
  if (!words.empty()) {
    std::fprintf(stderr, "tintype: what is \"%s\"? See tintype --help\n", words.front().c_str());
    return {std::nullopt, 1};
  }
  return {std::move(line), 0};
}

}  // namespace tintype
