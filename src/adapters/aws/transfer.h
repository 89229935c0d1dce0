#pragma once

#include <curl/curl.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "adapters/aws/http_client.h"

namespace tintype::aws {

// One request and what has come of it: between the thread that waits for it and the loop's thread.
class Transfer {
 public:
  Transfer(const HttpRequest& request, Deadline deadline) : request_(request), deadline_(deadline) {}

  // For the loop's thread. begin() gives a handle that is set up, and that stays the transfer's until end().
  CURL* begin(CURL* handle, const HttpClient::Options& options);
  HttpResult result_of(CURLcode code);
  void end(HttpResult result);

  // For the waiting thread.
  HttpResult wait();
  void wait_for_end();

  Deadline deadline() const { return deadline_; }
  // Set by a waiting thread that no longer wants it; read by the loop's thread.
  std::atomic<bool> unwanted = false;

 private:
  static std::size_t give_body(char* into, std::size_t size, std::size_t count, void* self);
  static int rewind_body(void* self, curl_off_t offset, int origin);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  void set_up_body();
  void set_up_headers();
  bool has_left() const;
  bool is_answered() const;
  HttpFailure failure_of(CURLcode code) const;

  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  const HttpRequest request_;
  const Deadline deadline_;
  // The loop's thread only.
  CURL* handle_ = nullptr;
  std::unique_ptr<curl_slist, FreeList> header_lines_;
  std::size_t body_given_ = 0;
  bool sent_again_ = false;
  bool too_long_ = false;
  HttpReply reply_;

  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<HttpResult> result_;  // guarded by mutex_
};

}  // namespace tintype::aws
