#pragma once

#include "adapters/aws/aws_client.h"
#include "adapters/aws/local_credentials.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"

namespace tintype::testing_support {

// A client of a service that does what a test says (scripted_http_server.h); and what it borrows. It hardly pauses
// between attempts.
class ScriptedAwsService {
 public:
  ScriptedAwsService(const std::string& service, std::function<ScriptedAnswer(const ReceivedRequest&)> script)
      : server_(std::move(script)),
        client_(http_, credentials_, clock_,
                {.service = service,
                 .region = "us-east-1",
                 .endpoint = aws::parse_endpoint(server_.url()).value(),
                 .retry = hardly_a_pause()}) {}

  static aws::RetryPolicy hardly_a_pause() {
    return {.random = [] { return 0.001; }};
  }
  aws::AwsClient& client() { return client_; }
  std::string url() const { return server_.url(); }
  std::vector<ReceivedRequest> requests() const { return server_.requests(); }

 private:
  static std::vector<std::unique_ptr<aws::CredentialSource>> sources() {
    std::vector<std::unique_ptr<aws::CredentialSource>> all;
    all.push_back(std::make_unique<aws::StaticCredentials>(aws::Credentials{"id", "secret"}));
    return all;
  }

  const FakeClock clock_;
  ScriptedHttpServer server_;
  aws::HttpClient http_{{.proxy_from_environment = false}};
  aws::CredentialProvider credentials_{sources(), clock_};
  aws::AwsClient client_;
};

}  // namespace tintype::testing_support
