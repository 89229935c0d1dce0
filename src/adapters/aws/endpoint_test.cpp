#include "adapters/aws/endpoint.h"

#include <gtest/gtest.h>

namespace tintype::aws {
namespace {

TEST(Endpoint, PartsAreTakenApartAndTheDefaultPortIsLeftOut) {
  EXPECT_EQ(parse_endpoint("http://127.0.0.1:9000").value(), (Endpoint{"http", "127.0.0.1:9000", ""}));
  EXPECT_EQ(parse_endpoint("HTTPS://s3.example.com:443/").value(), (Endpoint{"https", "s3.example.com", ""}));
  EXPECT_EQ(parse_endpoint("http://[::1]:80/store/v1/").value(), (Endpoint{"http", "[::1]", "/store/v1"}));
  EXPECT_EQ(parse_endpoint("https://h:80").value().url(), "https://h:80");
}

TEST(Endpoint, WhatIsNoneIsRefused) {
  for (const char* url : {"", "host:9000", "ftp://host", "http://", "http://user@host", "http://h/a?b", "http://h a"}) {
    const auto parsed = parse_endpoint(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().code, ErrorCode::ValidationFailed);
  }
}

TEST(Endpoint, SettingComesBeforeTheEnvironmentAndThatBeforeAws) {
  const Environment both({{"AWS_ENDPOINT_URL_S3", "http://s3:1"}, {"AWS_ENDPOINT_URL", "http://all:2"}});
  EXPECT_EQ(resolve_endpoint("s3", "http://set:3", both, "eu-west-1")->authority, "set:3");
  EXPECT_EQ(resolve_endpoint("s3", std::nullopt, both, "eu-west-1")->authority, "s3:1");
  EXPECT_EQ(resolve_endpoint("sqs", std::nullopt, both, "eu-west-1")->authority, "all:2");
  EXPECT_EQ(resolve_endpoint("dynamodb", std::nullopt, {}, "eu-west-1")->url(),
            "https://dynamodb.eu-west-1.amazonaws.com");
  EXPECT_EQ(resolve_endpoint("s3", std::nullopt, {}, "cn-north-1")->authority, "s3.cn-north-1.amazonaws.com.cn");
}

TEST(Environment, EmptyVariableIsAsIfItWereNotSet) {
  const std::vector<std::string> entries = {"A=1=2", "B=", "nonsense"};
  const Environment environment = Environment::of_entries(entries);
  EXPECT_EQ(environment.get("A"), "1=2");
  EXPECT_EQ(environment.get("B"), std::nullopt);
  EXPECT_EQ(environment.get("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace tintype::aws
