// DESIGN
// Webhooks are few, and a slow receiver must cost nobody but itself. So an attempt is a handle of its own, on the
// thread of its job, with a connection of its own: nothing is shared that one receiver could fill, and each attempt
// looks its name up and has its address checked. The check is where the socket is made, with the very address that
// connect(2) gets: what is checked before that, by name, may mean something else by then (DNS rebinding).
#include "adapters/webhook_http/webhook_post.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

#include "adapters/webhook_http/special_address.h"

namespace tintype {
namespace {

constexpr std::size_t kMostBody = std::size_t{64} << 10;
constexpr long kLongestAttempt = 3600L * 1000;  // ms; for deadlines that are never

// libcurl wants one global initialisation before threads use it.
const bool kCurlReady = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;

}  // namespace

WebhookPost::WebhookPost(const WebhookEndpoint& endpoint, const std::vector<std::string>& headers,
                         const std::string& body)
    : endpoint_(endpoint), handle_(kCurlReady ? curl_easy_init() : nullptr) {
  if (!handle_) std::abort();                                // out of memory
  curl_slist* list = curl_slist_append(nullptr, "Expect:");  // no waiting for 100 Continue
  for (const std::string& line : headers) list = curl_slist_append(list, line.c_str());
  headers_.reset(list);
  CURL* const handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_URL, endpoint.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // not that of the environment, which would hide the address
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, drop_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
}

// An address that is refused counts as one that does not answer: the next one of the name is tried.
curl_socket_t WebhookPost::open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& post = *static_cast<WebhookPost*>(self);
  if (!post.endpoint_.allow_private) {
    if (const auto purpose = special_purpose(address->addr)) {
      post.refused_ = address_text(address->addr) + " (" + std::string(*purpose) + ")";
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Read so that the receiver can write it, up to a limit; what it says does not matter.
std::size_t WebhookPost::drop_body(char* /*data*/, std::size_t size, std::size_t count, void* self) {
  auto& post = *static_cast<WebhookPost*>(self);
  post.body_read_ += size * count;
  return post.body_read_ <= kMostBody ? size * count : 0;
}

WebhookAnswer WebhookPost::perform(Deadline deadline) {
  const auto left = static_cast<long>(std::min<std::int64_t>(deadline.remaining().count(), kLongestAttempt));
  if (left <= 0) return {.kind = WebhookAnswer::Kind::Failed, .reason = "no time was left to send it"};
  curl_easy_setopt(handle_.get(), CURLOPT_TIMEOUT_MS, left);
  const CURLcode code = curl_easy_perform(handle_.get());
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 ? answer_of(status) : failure_of(code, deadline);  // whatever becomes of the body
}

WebhookAnswer WebhookPost::answer_of(long status) const {
  if (status < 300) return {};
  WebhookAnswer answer{.kind = WebhookAnswer::Kind::Failed, .reason = "answered with " + std::to_string(status)};
  if (status == 410) answer.kind = WebhookAnswer::Kind::Gone;
  if (status < 400) answer.reason += ", a redirect, which is not followed: set webhook-url to where it leads";
  curl_off_t seconds = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) answer.retry_after = std::chrono::seconds(std::min<curl_off_t>(seconds, 7 * 24 * 3600));
  return answer;
}

WebhookAnswer WebhookPost::failure_of(CURLcode code, Deadline deadline) const {
  std::string reason = curl_easy_strerror(code);
  if (!refused_.empty()) reason = "leads to " + refused_ + ", which webhook-allow-private does not allow";
  if (code == CURLE_OPERATION_TIMEDOUT || deadline.expired()) reason = "no answer in time";
  return {.kind = WebhookAnswer::Kind::Failed, .reason = std::move(reason)};
}

}  // namespace tintype
