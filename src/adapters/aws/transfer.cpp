// DESIGN
// libcurl sends a request again by itself when a reused connection dies before the first byte of the answer, also a PUT
// or POST whose body it has in memory. So bodies are always given by a callback, and only a request that may be
// executed twice gets a callback to rewind it; without one, libcurl ends the transfer (CURLE_SEND_FAIL_REWIND). A
// request without a body is repeated by libcurl in any case: those that are not idempotent must not be without one.
// The rewinding also tells that the first sending is lost, and may have been acted on: an answer such as "there is one
// already" may then be about this very request.
#include "adapters/aws/transfer.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace tintype::aws {
namespace {

constexpr long kLongestTransfer = 24L * 3600 * 1000;  // ms; for deadlines that are never

long milliseconds_left(Deadline deadline) {
  if (deadline.is_never()) return kLongestTransfer;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
  return std::clamp<long>(left, 1, kLongestTransfer);
}

Error unavailable(std::string detail) {
  return {ErrorCode::StoreUnavailable, "the store is not available; try again later", std::move(detail)};
}

}  // namespace

CURL* Transfer::begin(CURL* handle, const HttpClient::Options& options) {
  handle_ = handle;
  const auto connect_timeout = std::min<long>(options.connect_timeout.count(), milliseconds_left(deadline_));
  curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout);
  curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, long{options.idle_connection.count()});
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  if (!options.ca_bundle.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_bundle.c_str());
  if (request_.direct || !options.proxy_from_environment) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  set_up_body();
  set_up_headers();
  return handle;
}

void Transfer::set_up_body() {
  if (request_.method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    return;
  }
  const bool has_body = !request_.body.empty() || request_.method == "PUT" || request_.method == "POST";
  if (has_body) {
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    if (request_.idempotent) {
      curl_easy_setopt(handle_, CURLOPT_SEEKFUNCTION, rewind_body);
      curl_easy_setopt(handle_, CURLOPT_SEEKDATA, this);
    }
  }
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void Transfer::set_up_headers() {
  // No waiting for 100 Continue: most servers do not refuse before the body, and some never say it.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : request_.headers) {
    // libcurl's way to say that a field is to be sent with nothing in it.
    const std::string line = value.empty() ? name + ';' : name + ": " + value;
    list = curl_slist_append(list, line.c_str());
  }
  header_lines_.reset(list);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list);
}

std::size_t Transfer::give_body(char* into, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto left = transfer.request_.body.subspan(transfer.body_given_);
  const std::size_t given = std::min(left.size(), size * count);
  if (given > 0) std::memcpy(into, left.data(), given);
  transfer.body_given_ += given;
  return given;
}

int Transfer::rewind_body(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > transfer.request_.body.size()) {
    return CURL_SEEKFUNC_FAIL;
  }
  transfer.body_given_ = static_cast<std::size_t>(offset);
  transfer.sent_again_ = true;
  return CURL_SEEKFUNC_OK;
}

std::size_t Transfer::take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& reply = static_cast<Transfer*>(self)->reply_;
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {
    reply = {};  // what came before was 100 Continue, or an answer that libcurl has given up
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
    reply.headers.emplace_back(line.substr(0, colon), trim(value));
  }
  return line.size();
}

std::size_t Transfer::take_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  transfer.too_long_ = length > transfer.request_.reply_limit - transfer.reply_.body.size();
  if (transfer.too_long_) return 0;
  transfer.reply_.body.append(data, length);
  return length;
}

HttpResult Transfer::result_of(CURLcode code) {
  if (code != CURLE_OK) return tl::unexpected(failure_of(code));
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  reply_.status = static_cast<int>(status);
  reply_.is_of_second_sending = sent_again_;
  return std::move(reply_);
}

bool Transfer::is_answered() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return status != 0;
}

bool Transfer::has_left() const {
  long sent = 0;
  curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &sent);
  return sent > 0;
}

HttpFailure Transfer::failure_of(CURLcode code) const {
  HttpFailure failure{.reach = has_left() ? HttpFailure::Reach::MayHaveArrived : HttpFailure::Reach::NotSent,
                      .error = unavailable(request_.method + ' ' + request_.url + ": " + curl_easy_strerror(code)),
                      .answered = is_answered()};
  if (too_long_) failure.error.detail += " (more than " + std::to_string(request_.reply_limit) + " bytes)";
  if (deadline_.expired()) failure.error.code = ErrorCode::DeadlineExceeded;
  return failure;
}

void Transfer::end(HttpResult result) {
  const std::lock_guard lock(mutex_);
  result_.emplace(std::move(result));
  ended_.notify_all();
}

HttpResult Transfer::wait() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return result_.has_value(); });
  return std::move(*result_);
}

void Transfer::wait_for_end() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return result_.has_value(); });
}

}  // namespace tintype::aws
