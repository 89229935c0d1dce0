#include "tests/integration/http_client.h"

#include <curl/curl.h>

#include <boost/json.hpp>
#include <memory>

#include "base/text.h"

namespace tintype::testing_support {
namespace {

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

std::size_t add_header(char* data, std::size_t size, std::size_t count, void* into) {
  const std::string_view line(data, size * count);
  if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
    (*static_cast<std::map<std::string, std::string>*>(into))[to_lower(line.substr(0, colon))] =
        std::string(trim(value));
  }
  return size * count;
}

curl_mime* make_form(CURL* curl, const std::vector<FormField>& fields) {
  curl_mime* form = curl_mime_init(curl);
  for (const FormField& field : fields) {
    curl_mimepart* part = curl_mime_addpart(form);
    curl_mime_name(part, field.name.c_str());
    curl_mime_data(part, field.value.data(), field.value.size());
    if (!field.filename.empty()) curl_mime_filename(part, field.filename.c_str());
    if (!field.content_type.empty()) curl_mime_type(part, field.content_type.c_str());
  }
  return form;
}

// libcurl wants one global initialisation before threads use it.
const bool kCurlReady = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;

}  // namespace

HttpAnswer send(const HttpRequest& request) {
  HttpAnswer answer;
  if (!kCurlReady) return answer;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_slist* header_list = nullptr;
  for (const auto& header : request.headers) header_list = curl_slist_append(header_list, header.c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(header_list, curl_slist_free_all);
  const std::unique_ptr<curl_mime, void (*)(curl_mime*)> form(
      request.form.empty() ? nullptr : make_form(curl.get(), request.form), curl_mime_free);
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, request.timeout_ms);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, add_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer.headers);
  if (form) curl_easy_setopt(curl.get(), CURLOPT_MIMEPOST, form.get());
  if (!form && (!request.body.empty() || request.method == "POST" || request.method == "PATCH")) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method == "HEAD") curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) answer.transport_error = curl_easy_strerror(code);
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

HttpRequest ApiClient::request(const std::string& method, const std::string& path,
                               std::vector<std::string> headers) const {
  headers.push_back(authorization_);
  return {.method = method, .url = path.starts_with("http") ? path : url_ + path, .headers = std::move(headers)};
}

HttpAnswer ApiClient::get(const std::string& path, std::vector<std::string> headers) const {
  return send(request("GET", path, std::move(headers)));
}
HttpAnswer ApiClient::head(const std::string& path) const {
  return send(request("HEAD", path, {}));
}
HttpAnswer ApiClient::remove(const std::string& path) const {
  return send(request("DELETE", path, {}));
}

HttpAnswer ApiClient::patch(const std::string& path, const std::string& json, std::vector<std::string> headers) const {
  headers.emplace_back("Content-Type: application/json");
  HttpRequest patch = request("PATCH", path, std::move(headers));
  patch.body = json;
  return send(patch);
}

HttpAnswer ApiClient::upload(const std::string& file, std::vector<FormField> fields, const std::string& filename,
                             std::vector<std::string> headers) const {
  headers.emplace_back("Expect:");
  HttpRequest post = request("POST", "/images", std::move(headers));
  post.form = std::move(fields);
  post.form.push_back({"file", file, filename, "application/octet-stream"});
  return send(post);
}

HttpAnswer ApiClient::upload_raw(const std::string& file, const std::string& query) const {
  HttpRequest post = request("POST", "/images" + query, {"Expect:", "Content-Type: application/octet-stream"});
  post.body = file;
  return send(post);
}

double metric_value(const ApiClient& api, const std::string& series) {
  const std::string text = '\n' + api.get("/metrics").body;
  const std::size_t at = text.find('\n' + series + ' ');
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

std::string json_text(const std::string& json, const std::string& path) {
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(json, error);
  if (error) return "(not JSON)";
  const boost::json::value* at = &value;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string step = path.substr(begin, end - begin);
    begin = end + 1;
    if (at->is_array()) {
      const auto index = parse_unsigned(step);
      if (!index || *index >= at->get_array().size()) return "(absent)";
      at = &at->get_array()[*index];
    } else {
      at = at->is_object() ? at->get_object().if_contains(step) : nullptr;
      if (at == nullptr) return "(absent)";
    }
  }
  return at->is_string() ? std::string(at->get_string()) : boost::json::serialize(*at);
}

}  // namespace tintype::testing_support
