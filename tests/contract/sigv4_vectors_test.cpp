// The published test cases of Signature Version 4 (awslabs/aws-c-auth, tests/aws-signing-test-suite/v4), from the
// folder that TINTYPE_SIGV4_VECTORS names. They are third-party data and not part of this project; without them, this
// is skipped.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/aws/sigv4.h"
#include "base/text.h"

namespace tintype::aws {
namespace {

std::filesystem::path vectors() {
  const char* const named = std::getenv("TINTYPE_SIGV4_VECTORS");
  return named == nullptr ? std::filesystem::path() : std::filesystem::path(named);
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 2 >= text.size()) {
      result += text[i];
      continue;
    }
    result += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return result;
}

Fields parse_query(std::string_view text) {
  Fields query;
  while (!text.empty()) {
    const std::string_view parameter = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), parameter.size() + 1));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view value = equals < parameter.size() ? parameter.substr(equals + 1) : std::string_view();
    query.emplace_back(decoded(parameter.substr(0, equals)), decoded(value));
  }
  return query;
}

// "METHOD target HTTP/1.1", fields, some of them over several lines, an empty line, the body.
UnsignedRequest parse_request(const std::string& text) {
  UnsignedRequest request;
  const std::size_t end = std::min(text.find("\n\n"), text.size());
  request.payload_hash = payload_hash(as_bytes(end < text.size() ? text.substr(end + 2) : std::string()));
  std::istringstream head(text.substr(0, end));
  std::string line;
  std::getline(head, line);
  const std::size_t space = line.find(' ');
  request.method = line.substr(0, space);
  const std::string target = line.substr(space + 1, line.rfind(" HTTP/") - space - 1);
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (question < target.size()) request.query = parse_query(std::string_view(target).substr(question + 1));
  while (std::getline(head, line)) {
    if (line.starts_with(' ')) {
      request.headers.back().second += line;
    } else if (!line.empty()) {
      const std::size_t colon = line.find(':');
      request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  return request;
}

struct Vector {
  explicit Vector(const std::filesystem::path& folder)
      : context(boost::json::parse(read(folder / "context.json")).as_object()),
        request(parse_request(read(folder / "request.txt"))) {
    const auto& keys = context.at("credentials").as_object();
    credentials = {text(keys, "access_key_id"), text(keys, "secret_access_key")};
    const bool leaves_token_out = context.contains("omit_session_token") && context.at("omit_session_token").as_bool();
    if (keys.contains("token") && !leaves_token_out) credentials.session_token = text(keys, "token");
    std::tm parts{};
    ::strptime(text(context, "timestamp").c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    time = UnixTime(std::chrono::seconds(::timegm(&parts)));
  }
  static std::string text(const boost::json::object& object, const char* name) {
    return std::string(object.at(name).as_string());
  }
  // The paths of the suite are encoded once.
  Signer signer() const {
    return {text(context, "region"),
            text(context, "service"),
            {.normalise_path = context.at("normalize").as_bool(),
             .encode_path_twice = false,
             .content_hash_field = context.at("sign_body").as_bool()}};
  }

  boost::json::object context;
  UnsignedRequest request;
  Credentials credentials;
  UnixTime time;
};

TEST(Sigv4Vectors, PublishedCasesGiveTheirRequestsAndSignatures) {
  if (!std::filesystem::is_directory(vectors())) GTEST_SKIP() << "TINTYPE_SIGV4_VECTORS names no folder";
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(vectors())) {
    if (!entry.is_directory()) continue;
    SCOPED_TRACE(entry.path().filename().string());
    const Vector vector(entry.path());
    const auto by_header = vector.signer().sign(vector.request, vector.credentials, vector.time);
    EXPECT_EQ(by_header.canonical_request, read(entry.path() / "header-canonical-request.txt"));
    EXPECT_EQ(by_header.signature, read(entry.path() / "header-signature.txt"));
    const std::chrono::seconds lifetime(vector.context.at("expiration_in_seconds").as_int64());
    const auto by_query = vector.signer().presign(vector.request, vector.credentials, vector.time, lifetime);
    EXPECT_EQ(by_query.canonical_request, read(entry.path() / "query-canonical-request.txt"));
    EXPECT_EQ(by_query.signature, read(entry.path() / "query-signature.txt"));
    ++cases;
  }
  EXPECT_GT(cases, 30);
}

}  // namespace
}  // namespace tintype::aws
