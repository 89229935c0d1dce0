#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/aws/http_message.h"
#include "base/deadline.h"

namespace tintype::aws {

class Transfer;
class TransferLoop;

// One request on its way. Must not outlive the client.
class PendingReply {
 public:
  PendingReply(TransferLoop& loop, std::shared_ptr<Transfer> transfer);
  // Ends the transfer if it is still going on; when this returns, the body is no longer used.
  ~PendingReply();
  PendingReply(PendingReply&& other) noexcept;
  PendingReply& operator=(PendingReply&&) = delete;

  // Waits for the reply, until the deadline that was given to start. To be called once.
  HttpResult get();

 private:
  TransferLoop* loop_;
  std::shared_ptr<Transfer> transfer_;  // with the loop's thread; null when moved from
};

// HTTP/1.1 over kept connections: libcurl's multi interface on one thread of its own.
//
// A host gets at most `connections_per_host` connections; requests beyond that wait in line, and a full line is
// Overloaded at once. TLS peers are always verified. Redirects are not followed, answers not decompressed.
//
// Proxies are libcurl's default: http_proxy, https_proxy, all_proxy and no_proxy of the environment are honoured,
// unless `proxy_from_environment` is false or a request is `direct`.
//
// Thread safety: all methods may be called concurrently. It must outlive its PendingReplies.
class HttpClient {
 public:
  struct Options {
    std::size_t connections_per_host = 32;            // in use, as well as idle and kept
    std::size_t waiting = 256;                        // requests in line for a connection, all hosts together
    std::chrono::milliseconds connect_timeout{3000};  // name, TCP and TLS; a request's deadline may be earlier
    std::chrono::seconds idle_connection{20};         // after which a kept connection is not used again
    std::string ca_bundle = {};                       // file of PEM certificates; empty: the system's
    bool proxy_from_environment = true;
  };

  HttpClient();
  explicit HttpClient(Options options);
  // Ends all transfers, with StoreUnavailable.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Blocks until the reply is there or `deadline` has passed. A reply of any status is a reply.
  HttpResult send(const HttpRequest& request, Deadline deadline);

  // Begins to send and returns. The body that `request` borrows must live until the PendingReply has given its result
  // or is gone.
  PendingReply start(const HttpRequest& request, Deadline deadline);

  struct Counts {
    std::uint64_t connections_opened = 0;  // since the start
    std::size_t in_flight = 0;             // now, those in line included
  };
  Counts counts() const;

 private:
  std::unique_ptr<TransferLoop> loop_;
};

}  // namespace tintype::aws
