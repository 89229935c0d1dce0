#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/webhook_http/webhook_endpoint.h"
#include "base/deadline.h"
#include "ports/webhook_sender.h"

namespace tintype {

// One POST and what has come of it. One thread.
class WebhookPost {
 public:
  // All is borrowed. `headers` are lines.
  WebhookPost(const WebhookEndpoint& endpoint, const std::vector<std::string>& headers, const std::string& body);

  void trust(const std::string& ca_bundle) { curl_easy_setopt(handle_.get(), CURLOPT_CAINFO, ca_bundle.c_str()); }
  // To be called once.
  WebhookAnswer perform(Deadline deadline);

 private:
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t drop_body(char* data, std::size_t size, std::size_t count, void* self);
  WebhookAnswer answer_of(long status) const;
  WebhookAnswer failure_of(CURLcode code, Deadline deadline) const;

  struct CleanUp {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  const WebhookEndpoint& endpoint_;
  const std::unique_ptr<CURL, CleanUp> handle_;
  std::unique_ptr<curl_slist, CleanUp> headers_;
  std::string refused_;  // the last address that must not be connected to, and why
  std::size_t body_read_ = 0;
};

}  // namespace tintype
