#pragma once

#include <map>
#include <string>
#include <vector>

namespace tintype::testing_support {

struct HttpAnswer {
  int status = 0;                              // 0: no answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string transport_error;
};

struct FormField {
  std::string name;
  std::string value;
  std::string filename = {};  // not empty: a file
  std::string content_type = {};
};

// One request over libcurl. Redirects are not followed. Thread-safe.
struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<std::string> headers = {};  // "Name: value"
  std::string body = {};
  std::vector<FormField> form = {};  // instead of a body
  long timeout_ms = 60'000;
};
HttpAnswer send(const HttpRequest& request);

// A client of one server and one user.
class ApiClient {
 public:
  ApiClient(std::string url, const std::string& token)
      : url_(std::move(url)), authorization_("Authorization: Bearer " + token) {}

  HttpAnswer get(const std::string& path, std::vector<std::string> headers = {}) const;
  HttpAnswer head(const std::string& path) const;
  HttpAnswer remove(const std::string& path) const;
  HttpAnswer patch(const std::string& path, const std::string& json, std::vector<std::string> headers = {}) const;
  HttpAnswer upload(const std::string& file, std::vector<FormField> fields = {},
                    const std::string& filename = "photo.jpg", std::vector<std::string> headers = {}) const;
  HttpAnswer upload_raw(const std::string& file, const std::string& query = {}) const;

 private:
  HttpRequest request(const std::string& method, const std::string& path, std::vector<std::string> headers) const;
  std::string url_;
  std::string authorization_;
};

// The value of a series in /metrics, as it stands there, labels included; -1 if it is not there.
double metric_value(const ApiClient& api, const std::string& series);

// A member of a flat JSON answer, as text; a test's short cut through Boost.JSON. Paths: "images.0.imageId".
std::string json_text(const std::string& json, const std::string& path);

}  // namespace tintype::testing_support
