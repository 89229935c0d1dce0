#pragma once

#include <chrono>
#include <string>

#include "base/unique_fd.h"

namespace tintype::testing_support {

// A TCP connection to 127.0.0.1 for what no HTTP client would send.
class RawConnection {
 public:
  explicit RawConnection(int port);

  // False if the peer has closed.
  bool send(std::string_view bytes);
  // Reads until the peer closes or `timeout` passes without a byte.
  std::string read_to_end(std::chrono::milliseconds timeout);
  // Reads until `text` has arrived or `timeout` passes; gives everything read.
  std::string read_until(std::string_view text, std::chrono::milliseconds timeout);
  // True if the peer closes within `timeout`; what it sends meanwhile is dropped.
  bool closed_within(std::chrono::milliseconds timeout);
  void close() { socket_.reset(); }
  int descriptor() const { return socket_.get(); }

 private:
  // Appends what arrives; 1 got some, 0 closed, -1 nothing in time.
  int receive(std::string& into, std::chrono::milliseconds timeout);
  UniqueFd socket_;
};

}  // namespace tintype::testing_support
