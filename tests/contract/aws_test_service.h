#pragma once

#include <cstdio>
#include <cstdlib>

#include "adapters/aws/aws_client.h"
#include "adapters/aws/local_credentials.h"
#include "adapters/system_clock/system_clock.h"
#include "base/random.h"

namespace tintype::testing_support {

// A client of the service at the endpoint that an environment variable names, with the keys of AWS's variables; and
// what it borrows.
class AwsTestService {
 public:
  AwsTestService(const std::string& service, const char* endpoint_variable)
      : client_(
            http_, credentials_, clock_,
            {.service = service,
             .region = "us-east-1",
             .endpoint =
                 aws::resolve_endpoint(service, std::getenv(endpoint_variable), environment_, "us-east-1").value()}) {}

  aws::AwsClient& client() { return client_; }
  aws::HttpClient& http() { return http_; }

 private:
  static std::vector<std::unique_ptr<aws::CredentialSource>> sources(const aws::Environment& environment) {
    std::vector<std::unique_ptr<aws::CredentialSource>> all;
    all.push_back(std::make_unique<aws::EnvironmentCredentials>(environment));
    return all;
  }

  const aws::Environment environment_ = aws::Environment::of_process();
  SystemClock clock_;
  aws::HttpClient http_{{.proxy_from_environment = false}};
  aws::CredentialProvider credentials_{sources(environment_), clock_};
  aws::AwsClient client_;
};

// Ends the program if the variable is not set: no test at all would count as success.
inline void require_endpoint(const char* variable) {
  if (std::getenv(variable) != nullptr) return;
  std::fprintf(stderr, "%s names no service: run this by tests/engines/with\n", variable);
  std::exit(1);
}

// "tintype-test-" and 16 digits that no other test has.
inline std::string new_test_name() {
  return "tintype-test-" + random_hex(8);
}

}  // namespace tintype::testing_support
