#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/asio/awaitable.h"

namespace tintype::transport {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

}  // namespace tintype::transport
