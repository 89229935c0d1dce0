#pragma once

#include <gmock/gmock.h>

#include <cstdlib>

#include "main/aws_composition.h"
#include "service/diagnosis.h"
#include "tests/support/scripted_http_server.h"

namespace tintype::testing_support {

// A service on loopback that gives the answers of a test.
class AwsChecksFixture : public testing::Test {
 protected:
  using Script = std::function<ScriptedAnswer(const ReceivedRequest&)>;
  AwsChecksFixture() { ::setenv("no_proxy", "127.0.0.1", 1); }

  void serve(Script script) { server_ = std::make_unique<ScriptedHttpServer>(std::move(script)); }
  // As an engine's answer, whose clock is ours.
  static ScriptedAnswer answer(int status, std::string body,
                               std::vector<std::pair<std::string, std::string>> more = {}) {
    more.emplace_back("Date", to_http_date(now()));
    return {.status = status, .headers = std::move(more), .body = std::move(body)};
  }
  static UnixTime now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

  static DiagnosisReport run(const std::vector<CheckArea>& areas, std::chrono::milliseconds time = kTime) {
    return diagnose(areas, {.time = time}, [](const CheckReport&) {}, [] { return false; });
  }
  static const CheckOutcome& outcome(const DiagnosisReport& report, std::string_view name) {
    const auto found = std::ranges::find(report.checks, name, &CheckReport::check);
    if (found == report.checks.end()) std::abort();
    return found->outcome;
  }
  static constexpr std::chrono::milliseconds kTime{10'000};

  const aws::Environment environment_{std::map<std::string, std::string, std::less<>>{
      {"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "do-not-show-me"}}};
  std::unique_ptr<ScriptedHttpServer> server_;
  config::Settings settings_;
  AwsParts aws_{settings_, environment_};
};

}  // namespace tintype::testing_support
