#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/aws/transfer.h"

namespace tintype::aws {

// The thread that drives all transfers of a client.
//
// Thread safety: all public methods may be called concurrently.
class TransferLoop {
 public:
  explicit TransferLoop(HttpClient::Options options);
  ~TransferLoop();
  TransferLoop(const TransferLoop&) = delete;
  TransferLoop& operator=(const TransferLoop&) = delete;

  // Ends the transfer at once, with Overloaded, if there are too many.
  void add(std::shared_ptr<Transfer> transfer);
  // A transfer has become unwanted.
  void wake() const { curl_multi_wakeup(multi_.get()); }
  HttpClient::Counts counts() const;

 private:
  struct Running {
    std::shared_ptr<Transfer> transfer;
    CURL* handle;
  };
  void run();
  std::vector<std::shared_ptr<Transfer>> take_new();
  void begin(std::shared_ptr<Transfer> transfer);
  void end_finished();
  void end_overdue_and_unwanted();
  void end(Running running, HttpResult result);
  int milliseconds_to_next_deadline() const;

  struct CleanUp {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  const HttpClient::Options options_;
  const std::unique_ptr<CURLM, CleanUp> multi_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Transfer>> new_;  // guarded by mutex_, as are the three below
  std::size_t in_flight_ = 0;
  std::uint64_t connections_opened_ = 0;
  bool stopping_ = false;
  std::vector<Running> running_;  // the thread's, as are the handles
  std::vector<CURL*> spare_;
  std::thread thread_;  // last: started when all else is there
};

}  // namespace tintype::aws
