#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tintype::transport {

namespace asio = boost::asio;
using boost::system::error_code;

// Every connection lives on one io_context that one thread runs: no strands, no locks, and no type-erased executors.
using Executor = asio::io_context::executor_type;
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

inline constexpr asio::use_awaitable_t<Executor> kAwait{};
// Yields (error_code, …) instead of throwing: on a socket, failure is normal.
inline constexpr auto kAwaitOutcome = asio::as_tuple(kAwait);

}  // namespace tintype::transport
